/** What has just been done about the plan, to be said on the page that did it. */
export type PlanNews =
  | { kind: "changed"; name: string }
  | { kind: "planned"; name: string; date: Date }
  | { kind: "cancelled"; date: Date }
  | { kind: "paused" }
  | { kind: "resumed" };
