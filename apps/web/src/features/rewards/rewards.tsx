import section from "../../components/section.module.css";
import { DailyStreak } from "./daily-streak.tsx";
import { InviteFriends } from "./invite-friends.tsx";
import { RedeemCode } from "./redeem-code.tsx";

export function Rewards() {
  return (
    <div className={section.sections}>
      <RedeemCode />
      <DailyStreak />
      <InviteFriends />
    </div>
  );
}
