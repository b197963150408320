import type { Locale } from "@tintype/core/auth";
import type { Texts } from "./locale-coverage.ts";

/** What a text's `{{names}}` stand for. `count` also chooses the plural form. */
export type TextValues = Readonly<Record<string, string | number | Date | undefined>>;

type PluralForm = "zero" | "one" | "two" | "few" | "many" | "other";
type WithoutPlural<Key extends string> = Key extends `${infer Stem}_${PluralForm}` ? Stem : Key;
type KeysOf<Tree> = {
  [Key in keyof Tree & string]: Tree[Key] extends string
    ? WithoutPlural<Key>
    : `${Key}.${KeysOf<Tree[Key]>}`;
}[keyof Tree & string];

/** Every key there is: a text that does not exist does not compile. */
export type TextKey = KeysOf<Texts>;
export type Translate = (key: TextKey, values?: TextValues) => string;

/** Texts by key, in groups. */
export type TextTree = { readonly [key: string]: string | TextTree };

/** Called with the language and the key of a text that is shown and does not exist. */
export type OnMissingText = (what: string) => void;

/** `{{name}}`, `{{name, format}}` or `{{name, format(option: value; option: value)}}` */
const HOLE = /\{\{(\w+)(?:, (\w+)(?:\(([^)]*)\))?)?\}\}/g;

/**
 * Finds and fills in texts. A small i18next: its keys, plurals (`key_one`, `key_few`) and formats, which are those of
 * `Intl`, and nothing else; translate.test.ts holds every text of the product against the original. Written because the
 * original is a seventh of all code that a visitor may be sent (docs/decisions/0024).
 */
export function createTexts(onMissing: OnMissingText) {
  const trees = new Map<Locale, TextTree[]>();
  const find = (locale: Locale, key: string): string | null => {
    for (const tree of trees.get(locale) ?? []) {
      const found = key
        .split(".")
        .reduce<TextTree[string] | undefined>(
          (node, name) => (typeof node === "object" ? node[name] : undefined),
          tree,
        );
      if (typeof found === "string") return found;
    }
    return null;
  };
  const findCounted = (locale: Locale, key: string, count: unknown): string | null => {
    const form = typeof count === "number" ? `${key}_${pluralRules(locale).select(count)}` : key;
    return find(locale, form) ?? find(locale, key);
  };
  /** In another language rather than not at all; the key itself when nothing else is there. */
  const instead = (locale: Locale, key: string, count: unknown): string => {
    onMissing(`missing text: ${locale} ${key}`);
    for (const other of trees.keys()) {
      const found = findCounted(other, key, count);
      if (found !== null) return found;
    }
    return key;
  };
  return {
    add: (locale: Locale, tree: TextTree) => {
      const known = trees.get(locale) ?? [];
      if (!known.includes(tree)) trees.set(locale, [...known, tree]);
    },
    has: (locale: Locale, key: string): boolean => find(locale, key) !== null,
    translate: (locale: Locale, key: string, values: TextValues = {}): string => {
      const text = findCounted(locale, key, values.count) ?? instead(locale, key, values.count);
      return text.replace(HOLE, (_, name: string, format?: string, options?: string) => {
        const value = values[name];
        if (value !== undefined) return inWords(locale, value, { format, options });
        // A value that a text names and the page did not give is a hole in the sentence.
        onMissing(`missing text: no value for ${name} in "${text}"`);
        return "";
      });
    },
  };
}

type Format = { format: string | undefined; options: string | undefined };

function inWords(locale: Locale, value: string | number | Date, how: Format): string {
  if (how.format === undefined) return String(value);
  const { format } = formatter(locale, how.format, how.options ?? "");
  return format(value);
}

type Formatter = { format: (value: string | number | Date) => string };
const formatters = new Map<string, Formatter>();

/** Kept, because making one takes a hundred times as long as using it. */
function formatter(locale: Locale, name: string, options: string): Formatter {
  const key = [locale, name, options].join();
  const known = formatters.get(key) ?? newFormatter(locale, name, options);
  formatters.set(key, known);
  return known;
}

function newFormatter(locale: Locale, name: string, options: string): Formatter {
  if (name === "number" || name === "currency") {
    const style = name === "currency" ? { style: name, currency: options } : {};
    const { format } = new Intl.NumberFormat(locale, style as Intl.NumberFormatOptions);
    return { format: (value) => format(Number(value)) };
  }
  if (name === "datetime") {
    const pairs = options.split("; ").map((option) => option.split(": "));
    const { format } = new Intl.DateTimeFormat(locale, Object.fromEntries(pairs));
    return { format: (value) => format(new Date(value)) };
  }
  throw new Error(`texts know no format ${name}`);
}

const rules = new Map<Locale, Intl.PluralRules>();

function pluralRules(locale: Locale): Intl.PluralRules {
  const known = rules.get(locale) ?? new Intl.PluralRules(locale);
  rules.set(locale, known);
  return known;
}
