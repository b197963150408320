import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Edit, PlantedBug } from "./planted-bugs.ts";

const repository = new URL("../../../../../", import.meta.url);

/**
 * @returns what makes a database sick with this bug: whole files of functions, edited, and the statements
 * @throws when an edit does not fit any more: a bug that was not planted would be called found or overlooked
 */
export async function statementsOf({ edits, statements = [] }: PlantedBug): Promise<string[]> {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const text = texts.get(edit.file) ?? (await readText(edit.file));
    texts.set(edit.file, applyEdit(text, edit));
  }
  return [...texts.values(), ...statements];
}

const readText = (file: string) => readFile(fileURLToPath(new URL(file, repository)), "utf8");

/** @throws when `find` does not stand there exactly once */
export function applyEdit(text: string, { file, find, replace }: Edit): string {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(`${file} has ${parts.length - 1} places that read ${JSON.stringify(find)}`);
  }
  return parts.join(replace);
}
