import { inputText } from "./text.ts";

/** Read aloud and copied by hand: without 0 and O, 1 and I. 32 letters, so a random byte chooses evenly. */
export const referralAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
export const REFERRAL_CODE_LENGTH = 8;

/** As it may be typed or stand in a link; unknown ones are for the service to refuse. */
export const referralCode = inputText({ min: 1, max: 32, letters: "upper" });

/** @param random at least as many bytes as a code has letters */
export const referralCodeFrom = (random: Uint8Array): string =>
  Array.from(random.subarray(0, REFERRAL_CODE_LENGTH), (byte) =>
    referralAlphabet.charAt(byte % referralAlphabet.length),
  ).join("");

export type ReferralView = {
  /** Null until the user asks for one. */
  code: string | null;
  /** People who came with it, and for how many of them there was a reward. */
  invited: number;
  rewarded: number;
  /** Credits for each of them. */
  credits: number;
};
