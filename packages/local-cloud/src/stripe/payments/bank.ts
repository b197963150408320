import { invalid } from "../core/errors.ts";
import { idOrNull, type World } from "../core/world.ts";
import { pay, refuseAuthentication } from "./pay.ts";
import { confirmSetup, refuseSetup } from "./setup-intents.ts";

/** The holder's answer to the bank; what was waiting for it goes on. */
export function answerBank(world: World, id: string, agrees: boolean): void {
  const setup = world.store.get("setup_intent", id);
  const status = setup?.status ?? world.must("payment_intent", id).status;
  if (status !== "requires_action") throw invalid("Nobody waits for this answer.");
  if (setup) {
    if (agrees) confirmSetup(world, id, { returnUrl: null, authenticated: true });
    else refuseSetup(world, id);
    return;
  }
  if (!agrees) {
    refuseAuthentication(world, id);
    return;
  }
  const intent = world.must("payment_intent", id);
  const method = world.must("payment_method", idOrNull(intent.payment_method) ?? "");
  pay(world, intent, method, { offSession: false, returnUrl: null, authenticated: true });
}
