/**
 * For settings: each change waits for the answer to the one before. Sent side by side the server may take the first of
 * two presses last, and keep what nobody wants any more.
 */
export const inOrder = { id: "settings" };
