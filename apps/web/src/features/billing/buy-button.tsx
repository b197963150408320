import { Button } from "@mantine/core";
import type { Buying } from "./buying.ts";
import type { ProductKind } from "./use-checkout.ts";

type Props = {
  buying: Buying;
  kind: ProductKind;
  code: string;
  variant: "filled" | "default";
  label: string;
  /** What it is called by those who do not see which card it is on. */
  fullLabel: string;
};

export function BuyButton({ buying, kind, code, variant, label, fullLabel }: Props) {
  const look = { fullWidth: true, variant, "aria-label": fullLabel };
  if (buying.by === "link") {
    return (
      <Button {...look} component="a" href={buying.addressOf(code)}>
        {label}
      </Button>
    );
  }
  const { busyCode, buy } = buying;
  return (
    <Button {...look} loading={busyCode === code} onClick={() => buy(kind, code)}>
      {label}
    </Button>
  );
}
