import { readFileSync } from "node:fs";
import path from "node:path";
import { rootDir } from "../stack/web-build.ts";
import { expectedGroups } from "./expected.ts";
import { type Case, conformanceDir, readCases } from "./read-cases.ts";
import { conformanceOf, inOrder } from "./table.ts";

export const documentFile = path.join(rootDir, "docs/conformance.md");
export const readDocument = (): string => readFileSync(documentFile, "utf8");

/** Where the public bugs are to be read, by the short name that the cases use. */
const repositories: Record<string, string> = {
  "AI-Horde": "Haidra-Org/AI-Horde",
  agentclash: "agentclash/agentclash",
  ArcReel: "ArcReel/ArcReel",
  autumn: "useautumn/autumn",
  chatgptWithMidjourney: "Zo3i/chatgptWithMidjourney",
  "civitai-cli": "civitai/cli",
  Ctrlpanel: "Ctrlpanel-gg/panel",
  "DEEIX-Chat": "DEEIX-AI/DEEIX-Chat",
  eliza: "elizaOS/eliza",
  engram: "get-engram/engram",
  genblaze: "backblaze-labs/genblaze",
  gumroad: "antiwork/gumroad",
  habitica: "HabitRPG/habitica",
  lago: "getlago/lago",
  "matrix-os": "HamedMP/matrix-os",
  "MCP-Universe": "SalesforceAIResearch/MCP-Universe",
  "my-dream-api": "mertparlak-zima/my-dream-api",
  "new-api": "QuantumNous/new-api",
  octopus: "octopusreview/octopus",
  "one-api": "songquanpeng/one-api",
  "open-design": "nexu-io/open-design",
  "open-saas": "wasp-lang/open-saas",
  opencart: "opencart/opencart",
  openmeter: "openmeterio/openmeter",
  OpenMontage: "calesthio/OpenMontage",
  polar: "polarsource/polar",
  ps_checkout: "PrestaShopCorp/ps_checkout",
  "shogo-ai": "shogo-labs/shogo-ai",
  "The-Leetcode-City": "Ixotic27/The-Leetcode-City",
  "term-llm": "SamSaffron/term-llm",
  tracefinity: "tracefinity/tracefinity",
  tuff: "talex-touch/tuff",
  vm0: "vm0-ai/vm0",
};

/** "open-saas#727" becomes a link to it; a name we do not know stays a text. */
const withLinks = (answers: string) =>
  answers.replaceAll(/([\w.-]+(?:\/[\w.-]+)?)#(\d+)/g, (text, name: string, number: string) => {
    const repository = repositories[name] ?? (name.includes("/") ? name : undefined);
    return repository ? `[${text}](https://github.com/${repository}/issues/${number})` : text;
  });

const cell = (text: string) => text.replaceAll("|", "\\|");
const rowOf = ({ id, guarantee, answers, file }: Case) =>
  `| ${id} | ${cell(guarantee)} | ${withLinks(cell(answers))} | [${file.replace(".test.ts", "")}](../${conformanceDir}/${file}) |`;

/** docs/conformance.md, from the list of the design and the cases of the source. */
export function writeDocument(cases: readonly Case[] = readCases()): string {
  const { missing } = conformanceOf(cases, undefined);
  const groups = expectedGroups.flatMap(({ letter, name }) => {
    const own = inOrder(cases.filter(({ id }) => id.startsWith(letter)));
    if (own.length === 0) return [];
    const head = "| | what is guaranteed | the public bug or rule it answers | story |";
    return [`## ${name}`, "", head, "|---|---|---|---|", ...own.map(rowOf), ""];
  });
  return [
    "# What the ledger guarantees",
    "",
    "Each line is one test on real PostgreSQL; most exist because somebody else's users met the bug. The tests are short",
    "stories and meant to be read. `npm run conformance` runs them and prints this table with the results.",
    "",
    "This page is made from the tests by `npm run conformance:document`; a test sees to it that it is current.",
    "",
    ...groups,
    ...(missing.length > 0
      ? ["## No test yet", "", ...missing.map((text) => `- ${text}`), ""]
      : []),
  ].join("\n");
}
