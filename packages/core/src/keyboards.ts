const rows = [
  ["ё", "`"],
  ["йцукенгшщзхъ", "qwertyuiop[]"],
  ["фывапролджэ", "asdfghjkl;'"],
  ["ячсмитьбю", "zxcvbnm,."],
] as const;

const latin = new Map(
  rows.flatMap(([cyrillic, keys]) =>
    [...cyrillic].map((letter, at): [string, string] => [letter, keys.charAt(at)]),
  ),
);

/**
 * What the same keys write on an English keyboard: lists of known passwords have Russian ones in this form, and a walk
 * over the keys is one in every script.
 */
export const onEnglishKeyboard = (text: string): string =>
  text.toLowerCase().replace(/\p{Script=Cyrillic}/gu, (letter) => latin.get(letter) ?? letter);

const columns = "qaz wsx edc rfv tgb yhn ujm ik, ol.".split(" ");
const upwards = columns.map((column) => [...column].reverse().join(""));
const SHIFTED = "!@#$%^&*(";

/** What is left of a text without the columns of a keyboard, with their numbers, shifted or not, down or up. */
export function besidesColumns(text: string): string {
  const keys = [...onEnglishKeyboard(text)].map((key) => {
    const at = SHIFTED.indexOf(key);
    return at < 0 ? key : String(at + 1);
  });
  const whole = [...columns, ...upwards].flatMap((column, each) => {
    const number = (each % columns.length) + 1;
    return [`${number}${column}`, `${column}${number}`, column];
  });
  return whole.reduce((rest, column) => rest.replaceAll(column, ""), keys.join(""));
}
