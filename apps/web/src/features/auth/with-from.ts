/** The other form of an account, which leads on to where this one would have. */
export const withFrom = (address: string, from: string | null): string =>
  from === null ? address : `${address}?${new URLSearchParams({ from })}`;
