/** What each generator can do, for those who only want to ask: importing this loads no engine. */
export const generatorLimits = {
  /** The built-in studio renders about two seconds of work per second of video. */
  local: { videoSeconds: 15 },
} as const satisfies Record<string, GeneratorLimits>;

export type GeneratorLimits = { videoSeconds: number };
