import { isNode, type Node, parseFile, shippedFiles, textOf, walk } from "./syntax.ts";

/** What a source file says to people: the keys it asks for, and the words it should not contain. */
export type SourceTexts = {
  file: string;
  /** `t("a.b")` */
  keys: string[];
  /** `` t(`a.${b}`) ``: any key that fits the pattern may be meant. */
  patterns: RegExp[];
  /** Words written straight into JSX. */
  bareTexts: string[];
};

const hasLetters = (text: string) => /\p{L}{2}/u.test(text);

/** Attributes that a person reads or hears. */
const spokenAttributes = new Set([
  "alt",
  "aria-label",
  "aria-valuetext",
  "description",
  "label",
  "placeholder",
  "text",
  "title",
]);

/** What an expression between tags would show as it stands: a string, either side of a choice, a template. */
function wordsOf(expression: unknown): string[] {
  if (!isNode(expression)) return [];
  const { type, consequent, alternate, left, right, quasis } = expression;
  if (type === "ConditionalExpression") return [...wordsOf(consequent), ...wordsOf(alternate)];
  if (type === "LogicalExpression") return [...wordsOf(left), ...wordsOf(right)];
  if (type === "TemplateLiteral" && Array.isArray(quasis)) {
    return quasis.filter(isNode).map(({ value }) => String(Reflect.get(Object(value), "cooked")));
  }
  return [textOf(expression)].filter((text) => text !== null);
}

function bareTexts(node: Node): string[] {
  if (node.type === "JSXText" && typeof node.value === "string") return [node.value.trim()];
  if ((node.type === "JSXElement" || node.type === "JSXFragment") && Array.isArray(node.children)) {
    return node.children
      .filter(isNode)
      .filter(({ type }) => type === "JSXExpressionContainer")
      .flatMap(({ expression }) => wordsOf(expression));
  }
  if (node.type !== "JSXAttribute" || !isNode(node.name)) return [];
  if (!spokenAttributes.has(String(node.name.name)) || !isNode(node.value)) return [];
  const { value } = node;
  return value.type === "JSXExpressionContainer" ? wordsOf(value.expression) : wordsOf(value);
}

const patternOf = (template: Node): RegExp => {
  const quasis = Array.isArray(template.quasis) ? template.quasis.filter(isNode) : [];
  const parts = quasis.map(({ value }) => String(Reflect.get(Object(value), "cooked")));
  const escaped = parts.map((part) => part.replaceAll(".", "\\."));
  return new RegExp(`^${escaped.join("[a-zA-Z0-9_]+")}$`);
};

function readTexts(file: string): SourceTexts {
  const program = parseFile(file);
  const texts: SourceTexts = { file, keys: [], patterns: [], bareTexts: [] };
  for (const node of walk(program)) {
    texts.bareTexts.push(...bareTexts(node).filter(hasLetters));
    if (node.type !== "CallExpression" || !isNode(node.callee) || node.callee.name !== "t")
      continue;
    const [key] = Array.isArray(node.arguments) ? node.arguments.filter(isNode) : [];
    const literal = textOf(key);
    if (literal !== null) texts.keys.push(literal);
    else if (key?.type === "TemplateLiteral") texts.patterns.push(patternOf(key));
    else throw new Error(`${file}: a key is written where t is called, so that it can be checked`);
  }
  return texts;
}

export const readSourceTexts = (root: string): SourceTexts[] => shippedFiles(root).map(readTexts);
