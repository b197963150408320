import { creditsFor } from "@tintype/core/catalogue";
import type { Operation, PriceSpec, PromoCode } from "@tintype/db/testing/model/operation";
import type { ModelUser } from "@tintype/db/testing/model/perform-on-job";
import type { Dice } from "./dice.ts";

/** What a client knows of the world it asks about. */
export type World = { users: ModelUser[]; prices: PriceSpec[]; codes: PromoCode[] };

const MINUTE_MS = 60_000;
/** One call in so many is about one of the few users whom everybody asks about at once. */
const HOT_SHARE = 5;
const HOT_USERS = 5;
const PERIODS = 20;
const REMEMBERED_JOBS = 200;

/** Invents what to ask next. Jobs are remembered to be cancelled or asked for again. */
export class Requests {
  #world: World;
  #dice: Dice;
  #newId: () => string;
  #jobs: { user: number; operation: Extract<Operation, { do: "submit" }> }[] = [];

  constructor(world: World, dice: Dice, newId: () => string) {
    this.#world = world;
    this.#dice = dice;
    this.#newId = newId;
  }

  next(now: number): { user: number; operation: Operation } {
    const { below } = this.#dice;
    const user = below(HOT_SHARE) === 0 ? below(HOT_USERS) : below(this.#world.users.length);
    const die = below(100);
    const operation = die < 55 ? this.#submit(now) : this.#onWallet(user, now);
    if (operation.do === "submit") {
      this.#jobs.push({ user, operation });
      if (this.#jobs.length > REMEMBERED_JOBS) this.#jobs.shift();
    }
    if (die >= 92) return this.#onKnownJob(now) ?? { user, operation };
    return { user, operation };
  }

  #submit(now: number): Operation {
    const price = this.#dice.pick(this.#world.prices);
    const images = 1 + this.#dice.below(4);
    const quotedCredits = creditsFor(images, { unit: "image", ...price });
    const overageCents = this.#dice.below(4) === 0 ? 5_000 : 0;
    const request = { requestHash: "first", price, images, quotedCredits, overageCents };
    return { do: "submit", jobId: this.#newId(), ...request, now };
  }

  #onWallet(user: number, now: number): Operation {
    const { below, pick } = this.#dice;
    const key = this.#newId();
    const payment = `payment-${user}-${below(4)}`;
    switch (
      pick([
        "grant",
        "grant",
        "grant",
        "grant",
        "reverse",
        "dispute",
        "expire",
        "take",
        "redeem",
        "roll",
      ] as const)
    ) {
      case "grant":
        return this.#grant(payment, key, now);
      case "reverse":
        return { do: "reverse", payment, toCome: 0, cents: pick([0, 250, 333, 1_000]), key, now };
      case "dispute":
        return { do: pick(["freeze", "unfreeze"] as const), payment, key, now };
      case "expire":
        return { do: "expire", now };
      case "take":
        return { do: "take", grantId: null, amount: 1 + below(8), key, now };
      case "redeem": {
        const code = pick(this.#world.codes);
        const { userId } = this.#world.users[user] ?? { userId: "" };
        const grantId = this.#newId();
        return { do: "redeem", code, key: `promo:${code.code}:${userId}`, grantId, now };
      }
      case "roll": {
        const index = below(PERIODS);
        const names = { period: `period-${index}`, nextPeriod: `period-${index + 1}` };
        const expiresAt = now + MINUTE_MS;
        return { do: "roll_over", ...names, periodEnd: now - 1, expiresAt, cap: 40, now };
      }
    }
  }

  #grant(payment: string, key: string, now: number): Operation {
    const { below, pick } = this.#dice;
    const isAllowance = below(4) === 0;
    return {
      ...{ do: "grant", key, grantId: this.#newId(), amount: 5 + below(40), priority: 50, now },
      source: isAllowance ? "allowance" : "purchase",
      category: pick(["paid", "paid", "promo"] as const),
      costBasisCents: 1_000,
      // Some run out while the storm goes on.
      expiresAt: pick([null, null, now + 1_000, now + 10_000, now + 60 * MINUTE_MS]),
      payment,
      period: isAllowance ? `period-${below(PERIODS)}` : null,
    };
  }

  #onKnownJob(now: number): { user: number; operation: Operation } | null {
    if (this.#jobs.length === 0) return null;
    const { user, operation } = this.#dice.pick(this.#jobs);
    if (this.#dice.below(3) === 0) return { user, operation: { ...operation, now } };
    return { user, operation: { do: "cancel", jobId: operation.jobId, now } };
  }
}
