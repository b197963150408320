import type { AppRouter } from "@tintype/api/router";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { showPart } from "./i18n.ts";

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

/** What the server said instead of an answer; `problem.ts` reads it as it reads the errors of the tRPC client. */
class Refused extends Error {
  override readonly name = "Refused";
  readonly data: unknown;

  constructor(data: unknown) {
    super("the server refused");
    this.data = data;
  }
}

async function ask(path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(`/trpc/${path}`, init);
  const body = await response.json();
  if (response.ok) return body.result.data;
  // The words that explain a problem are there before it is shown; without them there is a general sentence.
  await showPart("problems").catch(() => undefined);
  throw new Refused(body.error?.data);
}

/**
 * A call of visitors' pages, which ask for so little that a client of tRPC would be most of what they load. The types
 * are those of the router all the same.
 * @throws an error that `explain` has words for
 */
export const callAuth = async <Name extends keyof Inputs["auth"] & keyof Outputs["auth"]>(
  name: Name,
  input: Inputs["auth"][Name],
): Promise<Outputs["auth"][Name]> =>
  (await ask(`auth.${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
  })) as Outputs["auth"][Name];

export type Offer = {
  catalogue: Outputs["catalogue"]["get"];
  sold: Outputs["billing"]["catalogue"];
};

/** What is sold here, and what it costs. */
export async function askForOffer(): Promise<Offer> {
  const [catalogue, sold] = await Promise.all([
    ask("catalogue.get", {}),
    ask("billing.catalogue", {}),
  ]);
  return { catalogue, sold } as Offer;
}
