import { invalid, missingParam } from "./errors.ts";
import type { FormNode, FormTree } from "./form.ts";

/**
 * Typed reading of the parameters of a call, with Stripe's words for what is wrong with them. A
 * reader that finds nothing gives undefined; an empty text means "unset" and is null where
 * Stripe allows that.
 */
export class Params {
  readonly #tree: FormTree;
  readonly #path: string;

  constructor(tree: FormTree, path = "") {
    this.#tree = tree;
    this.#path = path;
  }

  /** As the caller wrote it: `items[0][price]`. */
  nameOf(name: string): string {
    return this.#path ? `${this.#path}[${name}]` : name;
  }

  has(name: string): boolean {
    return this.#tree[name] !== undefined;
  }

  names(): string[] {
    return Object.keys(this.#tree);
  }

  /** For the journal: what was asked, to be read again later by `new Params(tree)`. */
  get tree(): FormTree {
    return this.#tree;
  }

  /** A misspelt or unsupported parameter is refused like at Stripe, never ignored. */
  allowOnly(names: readonly string[]): this {
    const unknown = this.names().find((name) => !names.includes(name));
    if (unknown !== undefined) {
      const param = this.nameOf(unknown);
      throw invalid(`Received unknown parameter: ${param}`, { code: "parameter_unknown", param });
    }
    return this;
  }

  text(name: string): string | undefined {
    const node = this.#tree[name];
    if (node === undefined || typeof node === "string") return node;
    throw invalid(`Invalid string: ${JSON.stringify(node)}`, { param: this.nameOf(name) });
  }

  /** An empty text is null: that is how callers unset a value. */
  nullable(name: string): string | null | undefined {
    const text = this.text(name);
    return text === "" ? null : text;
  }

  required(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw missingParam(this.nameOf(name));
    if (text !== "") return text;
    const param = this.nameOf(name);
    throw invalid(
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset.`,
      { code: "parameter_invalid_empty", param },
    );
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined || text === "") return undefined;
    if (/^-?\d+$/.test(text)) return Number(text);
    throw invalid(`Invalid integer: ${text}`, {
      code: "parameter_invalid_integer",
      param: this.nameOf(name),
    });
  }

  requiredInteger(name: string): number {
    const value = this.integer(name);
    if (value === undefined) throw missingParam(this.nameOf(name));
    return value;
  }

  /** Counts, amounts: a negative one is refused. */
  natural(name: string): number | undefined {
    const value = this.integer(name);
    if (value !== undefined && value < 0) {
      throw invalid("This value must be greater than or equal to 0.", {
        code: "parameter_invalid_integer",
        param: this.nameOf(name),
      });
    }
    return value;
  }

  boolean(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === undefined || text === "") return undefined;
    if (text === "true" || text === "false") return text === "true";
    throw invalid(`Invalid boolean: ${text}`, { param: this.nameOf(name) });
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw invalid(`Invalid ${name}: must be one of ${choices.join(", ")}`, {
      param: this.nameOf(name),
    });
  }

  /** A group of parameters; an empty one when it was not given. */
  group(name: string): Params {
    const node = this.#tree[name];
    if (typeof node === "string" && node !== "") {
      throw invalid(`Invalid object`, { param: this.nameOf(name) });
    }
    return new Params(typeof node === "object" ? node : {}, this.nameOf(name));
  }

  /** The groups of a list. */
  groups(name: string): Params[] {
    return this.#list(name).map(([key, node]) => {
      const path = `${this.nameOf(name)}[${key}]`;
      if (typeof node === "string") throw invalid("Invalid object", { param: path });
      return new Params(node, path);
    });
  }

  texts(name: string): string[] | undefined {
    if (!this.has(name)) return undefined;
    return this.#list(name).map(([key, node]) => {
      if (typeof node === "string") return node;
      throw invalid("Invalid string", { param: `${this.nameOf(name)}[${key}]` });
    });
  }

  #list(name: string): [string, FormNode][] {
    const node = this.#tree[name];
    if (node === undefined || node === "") return [];
    if (typeof node === "string") throw invalid("Invalid array", { param: this.nameOf(name) });
    return Object.entries(node);
  }

  /** Merged into what is there: an empty value removes its key, an empty `metadata` all of them. */
  metadata(before: Record<string, string> = {}, name = "metadata"): Record<string, string> {
    const node = this.#tree[name];
    if (node === undefined) return before;
    if (node === "") return {};
    if (typeof node === "string") throw invalid("Invalid object", { param: this.nameOf(name) });
    const merged = { ...before };
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== "string") throw badMetadata(`${this.nameOf(name)}[${key}]`);
      if (value === "") delete merged[key];
      else merged[key] = value;
    }
    checkMetadata(merged, this.nameOf(name));
    return merged;
  }
}

const MAX_METADATA_KEYS = 50;
const MAX_METADATA_KEY = 40;
const MAX_METADATA_VALUE = 500;

function checkMetadata(metadata: Record<string, string>, param: string): void {
  const entries = Object.entries(metadata);
  if (entries.length > MAX_METADATA_KEYS) {
    throw invalid(`Metadata can have up to ${MAX_METADATA_KEYS} keys.`, { param });
  }
  const long = entries.find(
    ([key, value]) => key.length > MAX_METADATA_KEY || value.length > MAX_METADATA_VALUE,
  );
  if (long) throw badMetadata(`${param}[${long[0]}]`);
}

const badMetadata = (param: string) =>
  invalid(
    `Metadata keys have up to ${MAX_METADATA_KEY} characters and values up to ${MAX_METADATA_VALUE}.`,
    { param },
  );
