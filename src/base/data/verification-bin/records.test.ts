import { describe, expect, it } from "vitest";
import { DatasetError } from "../../core/index.ts";
import { parsePickle } from "./records.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, "latin1"));

/** `pickle.dumps(([b'\xff\xd8\x00\n\'\\"a', b'\x80\xe9', b''], [True, False]), protocol)` of CPython 3.11.7. */
const PLAIN = [
  "28286c70300a635f636f646563730a656e636f64650a70310a2856ffd85c75303030305c7530303061275c753030356322610a70320a566c6174696e310a70330a7470340a5270350a6167310a285680e90a70360a67330a7470370a5270380a61635f5f6275696c74696e5f5f0a62797465730a70390a2874527031300a61286c7031310a4930310a614930300a61747031320a2e",
  "285d710028635f636f646563730a656e636f64650a710128580a000000c3bfc398000a275c2261710258060000006c6174696e3171037471045271056801285804000000c280c3a971066803747107527108635f5f6275696c74696e5f5f0a62797465730a71092952710a655d710b284930310a4930300a6574710c2e",
  "80025d710028635f636f646563730a656e636f64650a7101580a000000c3bfc398000a275c2261710258060000006c6174696e31710386710452710568015804000000c280c3a971066803867107527108635f5f6275696c74696e5f5f0a62797465730a71092952710a655d710b2888896586710c2e",
  "80035d7100284308ffd8000a275c22617101430280e9710243007103655d7104288889658671052e",
  "80049520000000000000005d94284308ffd8000a275c226194430280e994430094655d942888896586942e",
  "80059520000000000000005d94284308ffd8000a275c226194430280e994430094655d942888896586942e",
];

/** `([np.frombuffer(b'\xff\xd8\x01', np.uint8)], [np.bool_(True)])`, numpy 2.4.6. */
const NUMPY: readonly (readonly [protocol: number, hex: string])[] = [
  [
    2,
    "80025d7100636e756d70792e5f636f72652e6d756c746961727261790a5f7265636f6e7374727563740a7101636e756d70790a6e6461727261790a71024b00857103635f636f646563730a656e636f64650a7104580100000062710558060000006c6174696e31710686710752710887710952710a284b014b0385710b636e756d70790a64747970650a710c58020000007531710d898887710e52710f284b0358010000007c71104e4e4e4affffffff4affffffff4b00747111628968045805000000c3bfc398017112680686711352711474711562615d7116636e756d70792e5f636f72652e6d756c746961727261790a7363616c61720a7117680c580200000062317118898887711952711a284b0368104e4e4e4affffffff4affffffff4b0074711b626804580100000001711c680686711d52711e86711f527120618671212e",
  ],
  [
    4,
    "800495cd000000000000005d948c166e756d70792e5f636f72652e6d756c74696172726179948c0c5f7265636f6e7374727563749493948c056e756d7079948c076e6461727261799493944b0085944301629487945294284b014b03859468048c0564747970659493948c02753194898887945294284b038c017c944e4e4e4affffffff4affffffff4b00749462894303ffd80194749462615d9468018c067363616c6172949394680d8c02623194898887945294284b0368114e4e4e4affffffff4affffffff4b0074946243010194869452946186942e",
  ],
  [
    5,
    "800595c8000000000000005d948c136e756d70792e5f636f72652e6e756d65726963948c0b5f66726f6d627566666572949394284303ffd801948c056e756d7079948c0564747970659493948c02753194898887945294284b038c017c944e4e4e4affffffff4affffffff4b007494624b0385948c01439474945294615d948c166e756d70792e5f636f72652e6d756c74696172726179948c067363616c617294939468078c02623194898887945294284b03680b4e4e4e4affffffff4affffffff4b0074946243010194869452946186942e",
  ],
];

/** `([b'\xff\xd8'], labels)` with `np.array([True, False, True])` and `np.array([1, 0, 1])`, numpy 2.4.6. */
const NUMPY_LABELS: readonly (readonly [protocol: number, dtype: string, hex: string])[] = [
  [
    2,
    "bool",
    "80025d7100635f636f646563730a656e636f64650a71015804000000c3bfc398710258060000006c6174696e31710386710452710561636e756d70792e5f636f72652e6d756c746961727261790a5f7265636f6e7374727563740a7106636e756d70790a6e6461727261790a71074b0085710868015801000000627109680386710a52710b87710c52710d284b014b0385710e636e756d70790a64747970650a710f5802000000623171108988877111527112284b0358010000007c71134e4e4e4affffffff4affffffff4b0074711462896801580300000001000171156803867116527117747118628671192e",
  ],
  [
    2,
    "int64",
    "80025d7100635f636f646563730a656e636f64650a71015804000000c3bfc398710258060000006c6174696e31710386710452710561636e756d70792e5f636f72652e6d756c746961727261790a5f7265636f6e7374727563740a7106636e756d70790a6e6461727261790a71074b0085710868015801000000627109680386710a52710b87710c52710d284b014b0385710e636e756d70790a64747970650a710f5802000000693871108988877111527112284b0358010000003c71134e4e4e4affffffff4affffffff4b0074711462896801581800000001000000000000000000000000000000010000000000000071156803867116527117747118628671192e",
  ],
  [
    4,
    "bool",
    "80049596000000000000005d944302ffd894618c166e756d70792e5f636f72652e6d756c74696172726179948c0c5f7265636f6e7374727563749493948c056e756d7079948c076e6461727261799493944b0085944301629487945294284b014b03859468058c0564747970659493948c02623194898887945294284b038c017c944e4e4e4affffffff4affffffff4b007494628943030100019474946286942e",
  ],
  [
    4,
    "int64",
    "800495ab000000000000005d944302ffd894618c166e756d70792e5f636f72652e6d756c74696172726179948c0c5f7265636f6e7374727563749493948c056e756d7079948c076e6461727261799493944b0085944301629487945294284b014b03859468058c0564747970659493948c02693894898887945294284b038c013c944e4e4e4affffffff4affffffff4b007494628943180100000000000000000000000000000001000000000000009474946286942e",
  ],
  [
    5,
    "bool",
    "80059581000000000000005d944302ffd894618c136e756d70792e5f636f72652e6e756d65726963948c0b5f66726f6d62756666657294939428960300000000000000010001948c056e756d7079948c0564747970659493948c02623194898887945294284b038c017c944e4e4e4affffffff4affffffff4b007494624b0385948c0143947494529486942e",
  ],
  [
    5,
    "int64",
    "80059596000000000000005d944302ffd894618c136e756d70792e5f636f72652e6e756d65726963948c0b5f66726f6d62756666657294939428961800000000000000010000000000000000000000000000000100000000000000948c056e756d7079948c0564747970659493948c02693894898887945294284b038c013c944e4e4e4affffffff4affffffff4b007494624b0385948c0143947494529486942e",
  ],
];

describe("parsePickle", () => {
  it.each(PLAIN.map((hex, protocol) => ({ protocol, hex })))("reads protocol $protocol", ({ hex }) => {
    const images = [text("\xff\xd8\x00\n'\\\"a"), text("\x80\xe9"), new Uint8Array(0)];
    expect(parsePickle(bytes(hex), "x.bin")).toEqual([images, [true, false]]);
  });

  it.each(NUMPY)("reads numpy arrays of bytes and booleans in protocol %i", (_, hex) => {
    expect(parsePickle(bytes(hex), "x.bin")).toEqual([[Uint8Array.of(0xff, 0xd8, 1)], [true]]);
  });

  it.each(NUMPY_LABELS)("reads labels that are a numpy array, in protocol %i of %s", (_, dtype, hex) => {
    const labels = dtype === "bool" ? Uint8Array.of(1, 0, 1) : [1, 0, 1];
    expect(parsePickle(bytes(hex), "x.bin")).toEqual([[Uint8Array.of(0xff, 0xd8)], labels]);
  });

  it("gives an array's bytes again where the pickle refers back to it", () => {
    const array = `cnumpy._core.multiarray\n_reconstruct\n)Rp1\n(K\x01NX\x02\0\0\0u1NC\x02\xff\xd8tb`;
    expect(parsePickle(text(`(${array}g1\nt.`), "x.bin")).toEqual([text("\xff\xd8"), text("\xff\xd8")]);
  });

  /** A numpy array of Python 2 or 3: its dtype with byte order, and the bytes of its elements. */
  const array = (dtype: string, order: string, data: string) =>
    `cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tU\x01btR(K\x01(K\x01t` +
    `cnumpy\ndtype\n(U\x02${dtype}K\0K\x01tR(K\x03U\x01${order}NNNtbI00\nU${String.fromCharCode(data.length)}${data}tb`;

  it.each([
    ["b1", "|", "\x01\0\x01", Uint8Array.of(1, 0, 1)],
    ["i8", "<", "\x01\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", [1, -1]],
    ["i4", "<", "\x01\0\0\0\0\0\0\0", [1, 0]],
    ["f4", "<", "\0\0\x80?", [1]],
  ])("reads numpy arrays of %s", (dtype, order, data, expected) => {
    expect(parsePickle(text(`${array(dtype, order, data)}.`), "x.bin")).toEqual(expected);
  });

  it.each([
    ["big-endian numbers", array("i8", ">", "\0\0\0\0\0\0\0\x01"), "big-endian numbers, expected little-endian"],
    ["complex numbers", array("c8", "<", "\0\0\0\0\0\0\0\x01"), "an array that is not one of numbers"],
    ["half an element", array("i4", "<", "\0\0"), "an array that is not one of numbers"],
    ["a name made of lists", "\x80\x04]]\x93", "a damaged name"],
  ])("refuses %s", (_, pickle, message) => {
    expect(() => parsePickle(text(`${pickle}.`), "x.bin")).toThrow(message);
  });

  it("reads what Python 2 writes: quoted and counted strings, numbers for booleans", () => {
    const quoted = "(lp0\nS'\\xff\\n\\'\\\\\"'\np1\naS\"it's\"\np2\nag1\naI01\naI5\naL7L\na.";
    const string = text("\xff\n'\\\"");
    expect(parsePickle(text(quoted), "x.bin")).toEqual([string, text("it's"), string, true, 5, 7]);
    const counted =
      "\x80\x02]q\x00(U\x02\xff\xd8q\x01T\x03\x00\x00\x00abcM\x01\x02J\xff\xff\xff\xff\x8a\x01\x05h\x01e.";
    expect(parsePickle(text(counted), "x.bin")).toEqual([text("\xff\xd8"), text("abc"), 513, -1, 5, text("\xff\xd8")]);
  });

  it("refuses names of code, by either instruction", () => {
    const message = "the pickle names 'os.system', expected nothing but plain data: it may run code in Python";
    const refusal = new DatasetError(`x.bin: ${message}`);
    expect(() => parsePickle(text("cos\nsystem\n(S'ls'\ntR."), "x.bin")).toThrow(refusal);
    expect(() => parsePickle(text("\x80\x04\x8c\x02os\x8c\x06system\x93."), "x.bin")).toThrow(refusal);
    expect(() => parsePickle(text("cnumpy\nndarray\n)R."), "x.bin")).toThrow("calls something that is not a function");
  });

  it("refuses a pickle cut off at any byte, and bytes that are not one", () => {
    for (const hex of PLAIN) {
      const whole = bytes(hex);
      for (let length = 0; length < whole.length; length++) {
        expect(() => parsePickle(whole.subarray(0, length), "x.bin")).toThrow(DatasetError);
      }
    }
    expect(() => parsePickle(text("\x89PNG"), "x.bin")).toThrow("expected");
    expect(() => parsePickle(text("}."), "x.bin")).toThrow("opcode 0x7d at byte 0 is not one of plain data");
    expect(() => parsePickle(text("h\x05."), "x.bin")).toThrow("refers to 5, which it has not stored");
    expect(() => parsePickle(text("t."), "x.bin")).toThrow("lacks a mark");
    expect(() => parsePickle(text("NNa."), "x.bin")).toThrow("appends to a value that is not a list");
  });
});
