import { type MatchExtended, ZxcvbnFactory, type ZxcvbnResult } from "@zxcvbn-ts/core";
import graphs from "@zxcvbn-ts/language-common/dist/adjacencyGraphs.json.mjs";
import knownPasswords from "@zxcvbn-ts/language-common/dist/passwords.json.mjs";
import englishWords from "@zxcvbn-ts/language-en/dist/commonWords.json.mjs";
import firstNames from "@zxcvbn-ts/language-en/dist/firstnames.json.mjs";
import { besidesColumns, onEnglishKeyboard } from "./keyboards.ts";
import type { PasswordOwner, PasswordStrength, WeakReason } from "./password-rules.ts";
import { russianWords } from "./russian-words.ts";

/** The work grows with more than the square of the length, and who is past so many characters is past every guess. */
const LENGTH_LOOKED_AT = 32;
/** Ways to read `$` and `1` as letters. The library's 100 take half a second for punctuation. */
const READINGS = 4;
/** Below so many guesses the library's scale says that somebody with time gets in (its score 3). */
const ENOUGH = 3;
/** A walk over the keys with turns in it, or two dates, count as many guesses; what a hand does by itself is none. */
const byItself: WeakReason[] = ["keyboard", "sequence", "date"];
/** So many characters of one's own make up for it. */
const OWN_CHARACTERS = 4;

const ourName = ["tintype", "tin type", "тинтайп"];

/** The tables take some tens of milliseconds to build: once, and where they are needed first. */
let built: ZxcvbnFactory | undefined;
const estimator = () => {
  built ??= new ZxcvbnFactory({
    dictionary: { known: knownPasswords, words: englishWords, names: firstNames, russianWords },
    graphs,
    maxLength: LENGTH_LOOKED_AT,
    l33tMaxSubstitutions: READINGS,
  });
  return built;
};

/**
 * How hard a password is to guess for somebody who knows its owner, lists of passwords and keyboards. Server and browser
 * ask this same function; the server decides. Takes milliseconds, whatever is given.
 */
export function passwordStrength(password: string, owner: PasswordOwner = {}): PasswordStrength {
  const text = [...password.normalize("NFC")].slice(0, LENGTH_LOOKED_AT).join("");
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(text)) return { level: 0, reason: "blank" };
  if (besidesColumns(text).length < OWN_CHARACTERS) return { level: 1, reason: "keyboard" };
  const personal = wordsAbout(owner);
  const ways = [...new Set([text, onEnglishKeyboard(text), saidOnce(text)])];
  const results = ways.map((way) => estimator().check(way, personal));
  const weakest = results.reduce((least, each) => (each.guesses < least.guesses ? each : least));
  const reason = reasonOf(weakest.sequence);
  if (weakest.score >= ENOUGH) {
    return isByItself(weakest) ? { level: 2, reason } : { level: weakest.score, reason: null };
  }
  const isRepeated = weakest.password !== text && weakest.password === saidOnce(text);
  return { level: weakest.score, reason: isRepeated && reason !== "personal" ? "repeat" : reason };
}

function isByItself({ password, sequence }: ZxcvbnResult): boolean {
  const found = sequence.filter((match) => byItself.includes(reasonOfMatch(match)));
  const length = found.reduce((sum, { token }) => sum + token.length, 0);
  return password.length - length < OWN_CHARACTERS;
}

/** Saying a word again is no second word, whatever stands between: the library sees that only where nothing does. */
function saidOnce(text: string): string {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return new Set(words).size === words.length ? text : [...new Set(words)].join(" ").trim();
}

/** Whatever a password of theirs must not lean on, in pieces as somebody would type them. */
function wordsAbout({ email = "" }: PasswordOwner): string[] {
  const address = email.trim().normalize("NFC").toLowerCase();
  const [local = "", host = ""] = address.split("@");
  const pieces = [...local.split(/[^\p{L}\p{N}]+/u), ...host.split(".").slice(0, -1)];
  const words = [address, local, local.replace(/[^\p{L}\p{N}]+/gu, ""), host, ...pieces];
  // Two letters are in every second password by chance.
  const telling = [...words, ...ourName].filter((word) => word.length > 2);
  const asLookedAt = telling.map((word) => [...word].slice(0, LENGTH_LOOKED_AT).join(""));
  return [...new Set([...asLookedAt, ...asLookedAt.map(onEnglishKeyboard)])];
}

/** What most of the password is; what is left over when nothing is found is short or plain. */
function reasonOf(sequence: MatchExtended[]): WeakReason {
  const found = sequence.filter(({ pattern }) => !["bruteforce", "separator"].includes(pattern));
  const longest = found.reduce<MatchExtended | null>(
    (most, each) => (most === null || each.token.length > most.token.length ? each : most),
    null,
  );
  return longest === null ? "guessable" : reasonOfMatch(longest);
}

function reasonOfMatch(match: MatchExtended): WeakReason {
  switch (match.pattern) {
    case "dictionary":
      if (match.dictionaryName === "userInputs") return "personal";
      return match.dictionaryName === "known" ? "known" : "words";
    case "spatial":
      return "keyboard";
    case "repeat":
      return "repeat";
    case "sequence":
    case "wordSequence":
      return "sequence";
    case "date":
    case "regex":
      return "date";
    default:
      return "guessable";
  }
}
