/** Half of a page's width of text; PDF measures in points, 72 an inch, from the lower left corner. */
const LEFT = 56;
const TOP = 780;
const LINE_HEIGHT = 16;
const LINES_A_PAGE = 44;

/** Only what Helvetica's own encoding holds; the euro sign is written out. */
const escapeText = (text: string) =>
  text
    .replace(/€/g, "EUR ")
    .replace(/×/g, "x")
    .replace(/[^\x20-\x7e]/g, "?")
    .replace(/[\\()]/g, (character) => `\\${character}`);

/** A plain PDF of lines of text, the first of them a heading. */
export function pdfOf(lines: string[]): Buffer {
  const sheets: string[][] = [];
  for (let start = 0; start < Math.max(1, lines.length); start += LINES_A_PAGE) {
    sheets.push(lines.slice(start, start + LINES_A_PAGE));
  }
  const pages = sheets.map((_, index) => `${4 + index * 2} 0 R`);
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${pages.join(" ")}] /Count ${sheets.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...sheets.flatMap((sheet, index) => {
      const content = contentOf(sheet, index === 0);
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + index * 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ];
    }),
  ];
  return assemble(objects);
}

function contentOf(lines: string[], hasHeading: boolean): string {
  const shown = lines.map((line, index) => {
    const size = hasHeading && index === 0 ? 18 : 11;
    return `/F1 ${size} Tf (${escapeText(line)}) Tj 0 -${LINE_HEIGHT} Td`;
  });
  return `BT ${LEFT} ${TOP} Td ${shown.join("\n")} ET`;
}

/** Objects, and the table of where each of them begins. */
function assemble(objects: string[]): Buffer {
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return String(offset).padStart(10, "0");
  });
  const start = text.length;
  const rows = offsets.map((offset) => `${offset} 00000 n \n`).join("");
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}
