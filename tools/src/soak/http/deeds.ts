import { randomBytes, randomUUID } from "node:crypto";
import { uploadLimits } from "@tintype/core/assets";
import { uuidv7 } from "@tintype/core/ids";
import { newRequest } from "../../bench/requests.ts";
import type { Dice } from "../dice.ts";
import type { Answer } from "./answers.ts";
import { type Choices, ownerOf, type Person } from "./person.ts";

/** A change that somebody asks for, under an id that makes asking again safe. */
export type Deed = {
  person: Person;
  procedure: string;
  input: unknown;
  /** So often was it sent. */
  sent: number;
  /**
   * Takes the certain answers to all copies that were sent at the same time.
   * @returns what is wrong with them; null when nothing is
   */
  settle: (answers: Answer[]) => string | null;
};

type Known = { data: Record<string, unknown> } | { code: string };

export const newId = (): string => uuidv7(Date.now(), randomBytes(10));
const known = (answer: Answer | undefined): Known =>
  answer?.kind === "data"
    ? { data: (answer.data ?? {}) as Record<string, unknown> }
    : { code: answer?.kind === "refusal" ? answer.code : "none" };
const shown = (answer: Known) => JSON.stringify(answer).slice(0, 300);

/** Every copy has the same answer. */
function each(answers: Answer[], judge: (answer: Known) => string | null): string | null {
  return answers.map(known).map(judge).find(Boolean) ?? null;
}

export function upload(person: Person, { below }: Dice): Deed {
  const id = newId();
  const { uploads } = person.account;
  uploads[id] = "asked";
  const input = { id, fileName: `${person.n}.png`, contentType: "image/png", byteSize: 1_000 };
  return {
    ...{ person, procedure: "assets.createUpload", sent: 0 },
    input: { ...input, byteSize: 1_000 + below(100) },
    settle: (answers) => {
      const complaint = each(answers, (answer) => {
        if ("code" in answer) {
          // This one is among them, and so is the picture that everybody begins with, under no name here.
          const taken = Object.values(uploads).filter((fate) => fate !== "refused").length;
          const isFull = answer.code === "too_many_uploads" && taken >= uploadLimits.uploadsPerHour;
          return isFull ? null : `upload ${id}: ${answer.code}`;
        }
        const isTheirs = JSON.stringify(answer.data.fields).includes(`${person.userId}/${id}`);
        return answer.data.assetId === id && isTheirs ? null : `foreign: ${shown(answer)}`;
      });
      uploads[id] = answers.some(({ kind }) => kind === "data") ? "done" : "refused";
      return complaint;
    },
  };
}

export function submit(person: Person, priceId: string): Deed {
  const input = newRequest(person.n, priceId);
  person.account.jobs[input.id] = "asked";
  return {
    ...{ person, procedure: "jobs.submit", input, sent: 0 },
    settle: (answers) => {
      person.account.jobs[input.id] = "done";
      return each(answers, (answer) =>
        "data" in answer && answer.data.id === input.id && isOfPerson(person, answer.data)
          ? null
          : `job ${input.id} of ${person.n}: ${shown(answer)}`,
      );
    },
  };
}

/** Jobs show the picture that they begin with, of which everybody has one. */
export const isOfPerson = (person: Person, job: Record<string, unknown>): boolean =>
  (job["input"] as { id?: unknown } | null)?.id === person.assetId;

export function cancel(person: Person, jobId: string): Deed {
  person.cancelling.add(jobId);
  const deed: Deed = {
    ...{ person, procedure: "jobs.cancel", input: { jobId }, sent: 0 },
    settle: (answers) => {
      person.cancelling.delete(jobId);
      person.cancelled.add(jobId);
      const first = answers.filter(({ kind }) => kind === "data").length;
      // Nothing but this cancels it: who finds it ended has asked before.
      if (first !== 1 && (deed.sent === 1 || first > 1)) return `cancel ${jobId}: ${first} times`;
      return each(answers, (answer) => {
        if ("code" in answer) return answer.code === "job_already_ended" ? null : shown(answer);
        const { id, status } = answer.data;
        const isRight = id === jobId && status === "cancelled" && isOfPerson(person, answer.data);
        return isRight ? null : `cancel ${jobId}: ${shown(answer)}`;
      });
    },
  };
  return deed;
}

const values: { [Name in keyof Choices]: Choices[Name][] } = {
  locale: ["en", "ru"],
  emailNotifications: [true, false],
  timeZone: ["UTC", "Europe/Berlin", "Asia/Tokyo", "America/Lima"],
};

/** Changes one choice. Only one change of it may be under way: it is clear then what it is afterwards. */
export function choose(person: Person, name: keyof Choices, { pick }: Dice): Deed {
  const value = pick<Choices[keyof Choices]>(values[name]);
  const possible = person.possible[name] as unknown[];
  possible.push(value);
  return {
    ...{ person, input: { [name]: value }, sent: 0 },
    procedure: name === "locale" ? "auth.updatePreferences" : "settings.update",
    settle: (answers) => {
      possible.splice(0, possible.length, value);
      Object.assign(person.account.choices, { [name]: value });
      return each(answers, (answer) =>
        "data" in answer && answer.data[name] === value
          ? null
          : `${name} of ${person.n} is to be ${value}: ${shown(answer)}`,
      );
    },
  };
}

/** What an administrator gives, sometimes in two requests at the same time: once. */
export function adjust(person: Person, { below }: Dice): Deed {
  const requestId = randomUUID();
  const key = `adjustment:${requestId}`;
  const amount = 1 + below(9);
  person.coming.set(key, amount);
  const deed: Deed = {
    ...{ person, procedure: "admin.adjustCredits", sent: 0 },
    input: {
      change: "give",
      ...{ userId: person.userId, requestId, amount, reason: `soak ${person.n}` },
    },
    settle: (answers) => {
      person.credit(key, amount, "moves");
      const moves = answers.filter(
        (answer) => answer.kind === "data" && (answer.data as { moved?: unknown }).moved === true,
      ).length;
      if (moves > 1 || (moves === 0 && deed.sent === 1)) return `${key} moved ${moves} times`;
      return each(answers, (answer) =>
        "data" in answer && ownerOf(Number(answer.data.available)) === person.n
          ? null
          : `foreign: ${key} of ${person.n}: ${shown(answer)}`,
      );
    },
  };
  return deed;
}

/** A code that everybody may redeem once. */
export function redeem(person: Person, { code, credits }: { code: string; credits: number }): Deed {
  const key = `promo:${code}:${person.userId}`;
  person.coming.set(key, credits);
  const deed: Deed = {
    ...{ person, procedure: "credits.redeemPromoCode", input: { code }, sent: 0 },
    settle: (answers) => {
      const given = answers.filter(({ kind }) => kind === "data").length;
      const codes = answers.map(known).flatMap((answer) => ("code" in answer ? [answer.code] : []));
      if (given > 0 || codes.includes("promo_code_already_redeemed")) {
        person.credit(key, credits, "moves");
      } else person.coming.delete(key);
      if (given > 1 || (given === 0 && deed.sent === 1)) return `${key}: ${given} times, ${codes}`;
      return codes.every((each) => each === "promo_code_already_redeemed") ? null : `${codes}`;
    },
  };
  return deed;
}

/** The id of something that is there, with another request: refused, and nothing changes. */
export function alter(person: Person, { pick }: Dice, priceId: string): Deed | null {
  const [job, asset] = [person.jobs.at(-1), person.uploads.at(-1)];
  const file = { fileName: "another.png", contentType: "image/png", byteSize: 7 };
  const other = newRequest(person.n, priceId);
  const settings = { ...other.settings, prompt: "another" };
  const options = [
    { procedure: "jobs.submit", id: job, more: { ...other, settings }, code: "job_id" },
    { procedure: "assets.createUpload", id: asset, more: file, code: "upload_id" },
  ].filter(({ id }) => id !== undefined);
  if (options.length === 0) return null;
  const { procedure, id, more, code } = pick(options);
  return {
    ...{ person, procedure, input: { ...more, id }, sent: 0 },
    settle: (answers) =>
      each(answers, (answer) =>
        "code" in answer && answer.code === `${code}_reused`
          ? null
          : `another request under a known id: ${shown(answer)}`,
      ),
  };
}
