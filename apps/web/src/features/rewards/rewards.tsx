import { DailyStreak } from "./daily-streak.tsx";
import { InviteFriends } from "./invite-friends.tsx";
import { RedeemCode } from "./redeem-code.tsx";
import styles from "./rewards.module.css";

export function Rewards() {
  return (
    <div className={styles.cards}>
      <RedeemCode />
      <DailyStreak />
      <InviteFriends />
    </div>
  );
}
