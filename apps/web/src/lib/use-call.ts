import { useRef, useState } from "react";

type State<Input> =
  | { step: "idle"; error: null; sent: null }
  | { step: "pending"; error: null; sent: Input }
  | { step: "failed"; error: unknown; sent: Input }
  | { step: "done"; error: null; sent: Input };

/**
 * A call that a press makes, for pages without a cache. A second press before the answer is the same press.
 * @param onDone what follows; the form stays busy until it has happened
 */
export function useCall<Input, Output>(
  call: (input: Input) => Promise<Output>,
  onDone?: (output: Output) => Promise<void>,
) {
  const [state, setState] = useState<State<Input>>({ step: "idle", error: null, sent: null });
  const isUnderWay = useRef(false);
  const run = async (sent: Input) => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setState({ step: "pending", error: null, sent });
    try {
      await onDone?.(await call(sent));
      setState({ step: "done", error: null, sent });
    } catch (error) {
      setState({ step: "failed", error, sent });
    } finally {
      isUnderWay.current = false;
    }
  };
  return { run: (input: Input) => void run(input), ...state, isPending: state.step === "pending" };
}
