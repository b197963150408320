import type { Stripe } from "stripe";
import { type Outcome, submit } from "../checkout/payment.ts";
import { nextTaskAt, runDue, type TaskHandlers } from "../core/agenda.ts";
import { invalid, StripeError } from "../core/errors.ts";
import type { Delivery } from "../core/tables.ts";
import { idOf, type World } from "../core/world.ts";
import { type CardForm, payForm } from "../pages/card-form.ts";
import { answerBank } from "../payments/bank.ts";
import { closeDispute, openDispute } from "../payments/disputes.ts";
import { failRefund } from "../payments/refunds.ts";
import type { Deliveries, DeliveryMode } from "../webhooks/deliveries.ts";
import { type Book, booksOf } from "./books.ts";

/** What tests do that no API offers. The same calls exist as JSON under /_emulator/. */
export type Controls = {
  /** How deliveries misbehave from now on; `{}` makes them orderly again. */
  setDeliveries(mode: Partial<DeliveryMode>): void;
  pauseDeliveries(): void;
  resumeDeliveries(): void;
  /** Sends an event again to every endpoint that got it. */
  redeliver(event: string): void;
  /** Resolves when every event was delivered or given up; rejects after `timeoutMs` (30,000). */
  delivered(timeoutMs?: number): Promise<void>;
  deliveries(): Delivery[];
  /** The holder of a charge complains, or of the payment intent's charge. */
  dispute(
    payment: string,
    complaint?: { reason?: string; isInquiry?: boolean; amount?: number },
  ): Stripe.Dispute;
  closeDispute(dispute: string, outcome: "won" | "lost"): Stripe.Dispute;
  /** The bank sends a refund back that had succeeded. */
  failRefund(refund: string): Stripe.Refund;
  /** Moves the emulator's own clock; everything that falls due on the way happens in its order. */
  advance(seconds: number): void;
  books(): Book[];
  /** Fills in the Checkout page and presses Pay. */
  payCheckout(session: string, card: CardForm): Outcome;
  /** Answers for the holder whom the bank asks about a payment or setup intent. */
  authenticate(intent: string, answer: "complete" | "fail"): void;
};

/** The part of the emulator that the controls act through. */
type Machine = {
  world: World;
  deliveries: Deliveries;
  act<T>(work: () => T, keep?: (error: unknown) => boolean): T;
};

export function controlsOf(emulator: Machine, tasks: TaskHandlers): Controls {
  const { deliveries, world } = emulator;
  return {
    setDeliveries: (mode) => deliveries.setMode(mode),
    pauseDeliveries: () => deliveries.pause(),
    resumeDeliveries: () => deliveries.resume(),
    redeliver: (event) => deliveries.redeliver(event),
    delivered: (timeoutMs = 30_000) => deliveries.idle(timeoutMs),
    deliveries: () => world.store.all("delivery"),
    dispute: (payment, complaint = {}) =>
      emulator.act(() => {
        const intent = world.store.get("payment_intent", payment);
        const { reason = "fraudulent", isInquiry = false, amount } = complaint;
        const charge = intent ? idOf(intent.latest_charge ?? "") : payment;
        return openDispute(world, charge, { reason, isInquiry, ...(amount ? { amount } : {}) });
      }),
    closeDispute: (dispute, outcome) => emulator.act(() => closeDispute(world, dispute, outcome)),
    failRefund: (refund) => emulator.act(() => failRefund(world, refund)),
    advance: (seconds) => emulator.act(() => advance(world, tasks, seconds)),
    books: () => booksOf(world),
    payCheckout: (session, card) =>
      emulator.act(() => submit(world, session, payForm(world, card), card.saveCard), isCardError),
    authenticate: (intent, answer) =>
      emulator.act(() => answerBank(world, intent, answer === "complete")),
  };
}

export const isCardError = (error: unknown): boolean =>
  error instanceof StripeError && error.keepsChanges;

function advance(world: World, tasks: TaskHandlers, seconds: number): void {
  if (!(seconds > 0)) throw invalid("You can only advance the clock to a later time.");
  const start = world.now();
  const until = start + seconds;
  const before = world.movedSeconds();
  const moveTo = (time: number) =>
    world.store.put("setting", { id: "advanced_seconds", value: String(before + time - start) });
  for (let at = nextTaskAt(world); at !== undefined && at <= until; at = nextTaskAt(world)) {
    if (at > start) moveTo(at);
    runDue(world, tasks, null, at);
  }
  moveTo(until);
}
