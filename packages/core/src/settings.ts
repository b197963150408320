import { z } from "zod";
import { inputText } from "./text.ts";

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** An IANA name, as browsers give it: "Europe/Berlin". */
export const timeZone = inputText({ min: 1, max: 64 }).refine(isTimeZone);

/** What a user may choose about letters and dates. */
export type UserSettings = {
  /** Letters about expiring credits and the like; those that an account cannot do without come anyway. */
  emailNotifications: boolean;
  timeZone: string;
};

export const updateSettingsInput = z.object({
  emailNotifications: z.boolean().optional(),
  timeZone: timeZone.optional(),
});
export type UpdateSettingsInput = z.infer<typeof updateSettingsInput>;
