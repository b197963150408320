import type { Operation, OperationResultEnvelope, TRPCClientError, TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { observable, observableToPromise } from "@trpc/server/observable";

/**
 * The same change asked for again before the first was answered is one press: a button is busy only once it has been
 * drawn, and a fast second click comes before that. Sent twice, the second would be refused ("you have redeemed this
 * code") and its refusal shown over what has just been done. Both get the answer of the first.
 *
 * Changes that may be meant twice carry an id of their own (jobs, uploads, purchases), so they differ.
 * @param whose the user who is signed in: nobody waits for what somebody else has asked for in this tab before
 */
export const samePressLink =
  <Router extends AnyTRPCRouter>(whose: () => string | undefined): TRPCLink<Router> =>
  () => {
    const underWay = new Map<string, Promise<Answer<Router>>>();
    return ({ op, next }) => {
      if (op.type !== "mutation") return next(op);
      const key = keyOf(op, whose());
      return observable<Answer<Router>, TRPCClientError<Router>>((observer) => {
        const answer = underWay.get(key) ?? observableToPromise(next(op));
        underWay.set(key, answer);
        const forget = () => {
          if (underWay.get(key) === answer) underWay.delete(key);
        };
        answer.then(
          (value) => {
            forget();
            observer.next(value);
            observer.complete();
          },
          (error: TRPCClientError<Router>) => {
            forget();
            observer.error(error);
          },
        );
      });
    };
  };

type Answer<Router extends AnyTRPCRouter> = OperationResultEnvelope<
  unknown,
  TRPCClientError<Router>
>;

const keyOf = ({ path, input }: Operation, user: string | undefined): string =>
  JSON.stringify([user ?? null, path, input]);
