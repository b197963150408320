/** Of the overage's limit, in percent: at each of these a letter goes out. */
export const OVERAGE_ALERT_PERCENTS = [50, 80, 100] as const;

/** Which of them have been reached, the highest first. A limit of nothing is never used up. */
export const crossedPercents = (usedCents: number, limitCents: number): number[] =>
  limitCents <= 0
    ? []
    : OVERAGE_ALERT_PERCENTS.filter(
        (percent) => usedCents * 100 >= limitCents * percent,
      ).toReversed();

/** Fewer credits than this are told to the user, once until the next ones come: about two images. */
export const LOW_BALANCE_CREDITS = 10;
