import { DatasetError } from "../../core/index.ts";
import { latin1Bytes, littleEndian, PickleBytes, rawUnicode, unquote, utf8 } from "./source.ts";

/*
 * Python's pickle, protocols 0–5, as far as it is plain data: lists, tuples, byte strings, text, numbers, booleans,
 * and references to what came before. A pickle is a program for a stack machine, and its REDUCE calls any function it
 * names; here only the names in CALLS are known, which is how Python writes byte strings in protocols 0–2 and how
 * numpy writes arrays of bytes and booleans. Any other name is refused, and nothing is ever run.
 *
 * Source: CPython 3.11, Lib/pickletools.py.
 */

/** Lists and tuples are arrays, byte strings and numpy arrays of bytes are bytes. */
export type PickleValue = null | boolean | number | string | Uint8Array | PickleValue[] | PickleName;

/** A function or class by its name, such as `numpy.dtype`. */
type PickleName = { readonly name: string };

type Call = (args: readonly PickleValue[]) => PickleValue;

/** An array whose bytes come with BUILD: [version, shape, dtype, order, bytes]. */
const EMPTY_ARRAY: Call = () => [];
const SCALAR: Call = ([, bytes]) => (bytes instanceof Uint8Array ? bytes[0] === 1 : null);
const FROM_BUFFER: Call = ([bytes]) => bytes ?? null;
const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["_codecs.encode", ([text]) => latin1Bytes(String(text))],
  ["__builtin__.bytes", () => new Uint8Array(0)],
  ["builtins.bytes", () => new Uint8Array(0)],
  ["builtins.bytearray", ([bytes]) => bytes ?? new Uint8Array(0)],
  ["numpy.dtype", ([code]) => code ?? null],
  ...["numpy.core", "numpy._core"].flatMap((module): [string, Call][] => [
    [`${module}.multiarray._reconstruct`, EMPTY_ARRAY],
    [`${module}.multiarray.scalar`, SCALAR],
    [`${module}.numeric._frombuffer`, FROM_BUFFER],
  ]),
]);
/** Named as an argument, never called. */
const CLASSES: ReadonlySet<string> = new Set(["numpy.ndarray"]);

/**
 * Reads a pickle of plain data.
 * @param name of the file, for messages.
 * @throws {DatasetError} when it is no pickle, is cut off, or names what is not plain data.
 */
export function parsePickle(bytes: Uint8Array, name: string): PickleValue {
  return new PickleMachine(bytes, name).run();
}

class PickleMachine {
  readonly #bytes: PickleBytes;
  readonly #name: string;
  readonly #memo = new Map<number, PickleValue>();
  /** Bytes of numpy arrays, by the empty array that stood for them before BUILD. */
  readonly #built = new Map<PickleValue, Uint8Array>();
  /** Stacks put aside by MARK. */
  readonly #outer: PickleValue[][] = [];
  #stack: PickleValue[] = [];

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = new PickleBytes(bytes, name);
    this.#name = name;
  }

  run(): PickleValue {
    for (;;) {
      const at = this.#bytes.offset;
      const opcode = String.fromCharCode(this.#bytes.take(1)[0]!);
      if (opcode === ".") return this.#pop();
      if (!this.#step(opcode)) {
        const code = opcode.charCodeAt(0).toString(16).padStart(2, "0");
        throw this.#error(`opcode 0x${code} at byte ${at} is not one of plain data: expected a verification set`);
      }
    }
  }

  /** Carries an instruction out; false when it is not known. */
  #step(opcode: string): boolean {
    const value = this.#constant(opcode);
    if (value !== undefined) {
      this.#stack.push(value);
      return true;
    }
    switch (opcode) {
      case "\x80": // PROTO
        this.#bytes.take(1);
        return true;
      case "\x95": // FRAME
        this.#bytes.take(8);
        return true;
      case "(": // MARK
        this.#outer.push(this.#stack);
        this.#stack = [];
        return true;
      case "0": // POP
        this.#pop();
        return true;
      case "l": // LIST
      case "t": {
        // TUPLE; taken first, since it changes which stack is on top.
        const values = this.#popToMark();
        this.#stack.push(values);
        return true;
      }
      case "\x85": // TUPLE1
      case "\x86": // TUPLE2
      case "\x87": // TUPLE3
        this.#stack.push(this.#popMany(opcode.charCodeAt(0) - 0x84));
        return true;
      case "a": // APPEND
        this.#append([this.#pop()]);
        return true;
      case "e": // APPENDS
        this.#append(this.#popToMark());
        return true;
      case "p": // PUT
        this.#memo.set(Number(this.#bytes.line()), this.#top());
        return true;
      case "q": // BINPUT
        this.#memo.set(this.#bytes.unsigned(1), this.#top());
        return true;
      case "r": // LONG_BINPUT
        this.#memo.set(this.#bytes.unsigned(4), this.#top());
        return true;
      case "\x94": // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        return true;
      case "c": // GLOBAL
        this.#pushName(this.#bytes.line(), this.#bytes.line());
        return true;
      case "\x93": {
        // STACK_GLOBAL
        const [module, member] = this.#popMany(2);
        this.#pushName(String(module), String(member));
        return true;
      }
      case "R": // REDUCE
        this.#reduce();
        return true;
      case "b": // BUILD
        this.#build();
        return true;
      default:
        return false;
    }
  }

  /** Value of an instruction that pushes one; undefined for every other instruction. */
  #constant(opcode: string): PickleValue | undefined {
    switch (opcode) {
      case "N":
        return null;
      case "\x88":
        return true;
      case "\x89":
        return false;
      case "]": // EMPTY_LIST
      case ")": // EMPTY_TUPLE
        return [];
      case "I": {
        const text = this.#bytes.line();
        return text === "00" ? false : text === "01" ? true : Number(text);
      }
      case "L": // LONG
        return Number(this.#bytes.line().replace(/L$/, ""));
      case "J": // BININT
        return this.#bytes.unsigned(4) | 0;
      case "K": // BININT1
        return this.#bytes.unsigned(1);
      case "M": // BININT2
        return this.#bytes.unsigned(2);
      case "\x8a": // LONG1
        return littleEndian(this.#bytes.take(this.#bytes.unsigned(1)));
      case "S": // STRING
        return unquote(this.#bytes.line());
      case "T": // BINSTRING
      case "B": // BINBYTES
        return this.#bytes.take(this.#bytes.unsigned(4));
      case "U": // SHORT_BINSTRING
      case "C": // SHORT_BINBYTES
        return this.#bytes.take(this.#bytes.unsigned(1));
      case "\x8e": // BINBYTES8
      case "\x96": // BYTEARRAY8
        return this.#bytes.take(this.#bytes.unsigned(8));
      case "V": // UNICODE
        return rawUnicode(this.#bytes.line());
      case "X": // BINUNICODE
        return utf8(this.#bytes.take(this.#bytes.unsigned(4)));
      case "\x8c": // SHORT_BINUNICODE
        return utf8(this.#bytes.take(this.#bytes.unsigned(1)));
      case "\x8d": // BINUNICODE8
        return utf8(this.#bytes.take(this.#bytes.unsigned(8)));
      case "g": // GET
        return this.#recall(Number(this.#bytes.line()));
      case "h": // BINGET
        return this.#recall(this.#bytes.unsigned(1));
      case "j": // LONG_BINGET
        return this.#recall(this.#bytes.unsigned(4));
      default:
        return undefined;
    }
  }

  #pushName(module: string, member: string): void {
    const name = `${module}.${member}`;
    if (!CALLS.has(name) && !CLASSES.has(name)) {
      throw this.#error(`the pickle names '${name}', expected nothing but plain data: it may run code in Python`);
    }
    this.#stack.push({ name });
  }

  #reduce(): void {
    const [callable, args] = this.#popMany(2);
    const call = isName(callable) ? CALLS.get(callable.name) : undefined;
    if (call === undefined || !Array.isArray(args)) throw this.#error("the pickle calls what is no function");
    this.#stack.push(call(args));
  }

  /** State of a numpy array or dtype; a dtype's does not matter here. */
  #build(): void {
    const state = this.#pop();
    if (!Array.isArray(this.#top())) return;
    const data = Array.isArray(state) ? state[4] : undefined;
    if (!(data instanceof Uint8Array)) throw this.#error("the pickle holds an array that is not one of bytes");
    this.#built.set(this.#pop(), data);
    this.#stack.push(data);
  }

  #append(values: readonly PickleValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.#error("the pickle appends to what is no list");
    for (const value of values) list.push(value);
  }

  #recall(key: number): PickleValue {
    const value = this.#memo.get(key);
    if (value === undefined) throw this.#error(`the pickle refers to ${key}, which it has not stored`);
    return this.#built.get(value) ?? value;
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw this.#error("the pickle takes more from its stack than it put there");
    return value;
  }

  #pop(): PickleValue {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #popToMark(): PickleValue[] {
    const values = this.#stack;
    const outer = this.#outer.pop();
    if (outer === undefined) throw this.#error("the pickle has no mark where one is asked for");
    this.#stack = outer;
    return values;
  }

  #error(problem: string): DatasetError {
    return new DatasetError(`${this.#name}: ${problem}`);
  }
}

function isName(value: PickleValue | undefined): value is PickleName {
  return typeof value === "object" && value !== null && "name" in value;
}
