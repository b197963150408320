import { Skeleton } from "@mantine/core";
import styles from "./pricing.module.css";

const cards = [1, 2, 3, 4];

/** The shape of the price list: a heading and the cards of one kind. */
export const PricingSkeleton = () => (
  <div aria-busy="true">
    <Skeleton h={26} w={140} mb={8} />
    <Skeleton h={16} w={360} maw="80%" mb={20} />
    <div className={styles.cards}>
      {cards.map((card) => (
        <Skeleton key={card} h={274} radius={16} />
      ))}
    </div>
  </div>
);
