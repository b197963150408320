import { readOptions, usage } from "./flood/options.ts";
import { runFlood } from "./flood/run.ts";
import { longRun } from "./long-run.ts";

// npm run flood: what people buy, refund and dispute is told to our server by ten thousand webhooks in random order, a
// fifth of them repeats; then every balance must be what Stripe's own books say.
await longRun({
  ...{ readOptions, usage, run: runFlood },
  title: ({ deliveries, seed }) => `${deliveries} deliveries, seed ${seed}`,
  report: ({ deliveries, events, buyers, seconds, problems }) => {
    const again = deliveries - events;
    const what = `${deliveries} deliveries of ${events} events (${again} a second time) about ${buyers} buyers`;
    return [
      `${what}, ${seconds.toFixed(0)} s, ${Math.round(deliveries / seconds)} a second`,
      problems.length === 0
        ? "every balance equals Stripe's own books, nothing granted twice, nothing waits, books balanced"
        : `${problems.length} problems`,
    ];
  },
});
