/** What a letter is written with beside its message: names of what is sold, and pages of ours. */
export type LetterDesk = {
  /** The name of a pack or plan as it is sold; null for what has none. */
  nameOf: (productCode: string | null) => string | null;
  pages: Pages;
};

export type Pages = {
  studio: string;
  wallet: string;
  billing: string;
  settings: string;
  /** The reader's own way out of the letters one may do without; null where no secret is set to sign it with. */
  stopLetters: string | null;
};
