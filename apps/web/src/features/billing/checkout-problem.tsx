import { useEffect, useRef } from "react";
import { ProblemNote } from "../../components/problem-note.tsx";

/** Why the payment provider's page did not open. On a phone the button that was pressed is screens below it. */
export function CheckoutProblem({ error }: { error: unknown }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error) place.current?.scrollIntoView({ block: "center" });
  }, [error]);
  if (!error) return null;
  return (
    <div ref={place}>
      <ProblemNote error={error} />
    </div>
  );
}
