import { DatasetError } from "../../core/index.ts";
import { elementSize, numpyElements } from "./numpy.ts";
import { latin1Bytes, littleEndian, PickleBytes, rawUnicode, unquote, utf8 } from "./source.ts";

/*
 * Reads plain data from Python's pickle, protocols 0–5: lists, tuples, byte strings, text, numbers, booleans, and
 * references to earlier values. A pickle is a program for a stack machine, and its REDUCE calls any function by name;
 * this machine knows only the names in CALLS: those that Python writes for byte strings in protocols 0–2, and numpy
 * for arrays and numbers. It refuses every other name and never runs code.
 *
 * Source: CPython 3.11, Lib/pickletools.py.
 */

/** Lists, tuples and numpy arrays are arrays; byte strings and numpy arrays of single bytes are bytes. */
export type PickleValue = null | boolean | number | string | Uint8Array | PickleValue[] | PickleName;

/** A function or class by its name, such as `numpy.dtype`. */
type PickleName = { readonly name: string };

/** Undefined for arguments that do not fit. */
type Call = (args: readonly PickleValue[]) => PickleValue | undefined;

/** An array; BUILD brings its content as [version, shape, dtype, order, bytes]. */
const EMPTY_ARRAY: Call = () => [];
const SCALAR: Call = ([dtype, bytes]) => {
  const value = elementsOf(dtype, bytes)?.[0];
  return dtype === "b1" && value !== undefined ? value !== 0 : value;
};
const FROM_BUFFER: Call = ([bytes, dtype]) => elementsOf(dtype, bytes);

/** Python 2 writes text as bytes. */
function textOf(value: PickleValue | undefined): string | undefined {
  if (value instanceof Uint8Array) return utf8(value);
  return typeof value === "string" ? value : undefined;
}

/** Undefined for a dtype or bytes that are not numbers. */
function elementsOf(dtype: PickleValue | undefined, bytes: PickleValue | undefined): Uint8Array | number[] | undefined {
  return typeof dtype === "string" && bytes instanceof Uint8Array ? numpyElements(dtype, bytes) : undefined;
}
const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["_codecs.encode", ([text]) => (typeof text === "string" ? latin1Bytes(text) : undefined)],
  ["__builtin__.bytes", () => new Uint8Array(0)],
  ["builtins.bytes", () => new Uint8Array(0)],
  ["builtins.bytearray", ([bytes]) => bytes ?? new Uint8Array(0)],
  ["numpy.dtype", ([code]) => textOf(code)],
  ...["numpy.core", "numpy._core"].flatMap((module): [string, Call][] => [
    [`${module}.multiarray._reconstruct`, EMPTY_ARRAY],
    [`${module}.multiarray.scalar`, SCALAR],
    [`${module}.numeric._frombuffer`, FROM_BUFFER],
  ]),
]);
/** Names that may be arguments, but not be called. */
const CLASSES: ReadonlySet<string> = new Set(["numpy.ndarray"]);

/**
 * Reads a pickle of plain data.
 * @param name name of the file, for messages.
 * @throws {DatasetError} when the bytes are not a pickle, are cut off, or name anything but plain data.
 */
export function parsePickle(bytes: Uint8Array, name: string): PickleValue {
  return new PickleMachine(bytes, name).run();
}

class PickleMachine {
  readonly #bytes: PickleBytes;
  readonly #name: string;
  readonly #memo = new Map<number, PickleValue>();
  /** Elements of numpy arrays, by the empty array that stood for them before BUILD. */
  readonly #built = new Map<PickleValue, PickleValue>();
  /** Stacks that MARK set aside. */
  readonly #outer: PickleValue[][] = [];
  #stack: PickleValue[] = [];

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = new PickleBytes(bytes, name);
    this.#name = name;
  }

  run(): PickleValue {
    for (;;) {
      const at = this.#bytes.offset;
      const opcode = String.fromCharCode(this.#bytes.unsigned(1));
      if (opcode === ".") return this.#pop();
      if (!this.#step(opcode)) {
        const code = opcode.charCodeAt(0).toString(16).padStart(2, "0");
        throw this.#error(`opcode 0x${code} at byte ${at} is not one of plain data: expected a verification set`);
      }
    }
  }

  /** Executes an instruction; false if it is unknown. */
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
        // TUPLE; popped first, since that changes the current stack.
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
        if (typeof module !== "string" || typeof member !== "string")
          throw this.#error("the pickle has a damaged name");
        this.#pushName(module, member);
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

  /** The value that an instruction pushes; undefined for instructions that push none. */
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
    if (call === undefined || !Array.isArray(args))
      throw this.#error("the pickle calls something that is not a function");
    const result = call(args);
    if (result === undefined) throw this.#error("the pickle holds numbers or text of an unknown kind");
    this.#stack.push(result);
  }

  /** The state of a numpy dtype or array; of a dtype only its byte order matters. */
  #build(): void {
    const state = this.#pop();
    const built = this.#top();
    if (typeof built === "string") {
      const isBigEndian = Array.isArray(state) && textOf(state[1]) === ">" && elementSize(built) > 1;
      if (isBigEndian) throw this.#error("the pickle holds big-endian numbers, expected little-endian ones");
      return;
    }
    if (!Array.isArray(built)) return;
    const [, , dtype, , bytes] = Array.isArray(state) ? state : [];
    const elements = elementsOf(dtype, bytes);
    if (elements === undefined) throw this.#error("the pickle holds an array that is not one of numbers");
    this.#built.set(this.#pop(), elements);
    this.#stack.push(elements);
  }

  #append(values: readonly PickleValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.#error("the pickle appends to a value that is not a list");
    for (const value of values) list.push(value);
  }

  #recall(key: number): PickleValue {
    const value = this.#memo.get(key);
    if (value === undefined) throw this.#error(`the pickle refers to ${key}, which it has not stored`);
    return this.#built.get(value) ?? value;
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw this.#error("the pickle pops more from its stack than it pushed");
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
    if (outer === undefined) throw this.#error("the pickle lacks a mark");
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
