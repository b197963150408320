/**
 * For settings: each change waits for the answer to the one before it of the same kind. Sent side by side the server may
 * take the first of two presses last, and keep what nobody wants any more. What the payment provider takes its time over
 * holds up neither the language nor the letters.
 */
export const inOrder = (kind: "language" | "letters" | "limits") => ({ id: kind });
