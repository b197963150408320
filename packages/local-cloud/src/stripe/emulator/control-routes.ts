import { invalid } from "../core/errors.ts";
import type { Controls } from "./controls.ts";

type Body = Record<string, unknown>;

const text = (body: Body, name: string): string => {
  const value = body[name];
  if (typeof value === "string") return value;
  throw invalid(`"${name}" must be a text.`, { param: name });
};

const number = (body: Body, name: string): number => {
  const value = body[name];
  if (typeof value === "number") return value;
  throw invalid(`"${name}" must be a number.`, { param: name });
};

/** `POST /_emulator/NAME` with a JSON body, for tests in other processes and for people. */
export async function answerControl(
  controls: Controls,
  name: string,
  body: Body,
): Promise<unknown> {
  const done = { done: true };
  switch (name) {
    case "deliveries":
      controls.setDeliveries(body);
      return done;
    case "pause-deliveries":
      controls.pauseDeliveries();
      return done;
    case "resume-deliveries":
      controls.resumeDeliveries();
      return done;
    case "redeliver":
      controls.redeliver(text(body, "event"));
      return done;
    case "delivered":
      await controls.delivered(
        body.timeoutMs === undefined ? undefined : number(body, "timeoutMs"),
      );
      return { deliveries: controls.deliveries() };
    case "dispute":
      return controls.dispute(text(body, "payment"), body);
    case "close-dispute":
      return controls.closeDispute(text(body, "dispute"), body.outcome === "won" ? "won" : "lost");
    case "fail-refund":
      return controls.failRefund(text(body, "refund"));
    case "advance":
      controls.advance(number(body, "seconds"));
      return done;
    case "books":
      return { books: controls.books() };
    case "pay-checkout":
      return controls.payCheckout(text(body, "session"), {
        number: text(body, "number"),
        ...(typeof body.email === "string" ? { email: body.email } : {}),
        saveCard: body.saveCard === true,
      });
    case "authenticate":
      controls.authenticate(text(body, "intent"), body.answer === "fail" ? "fail" : "complete");
      return done;
    default:
      throw invalid(`The emulator has no control called "${name}".`);
  }
}
