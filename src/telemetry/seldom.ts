/** Says a thing at most once in `everySeconds`, and then how often it was held back. */
export const seldom = (
  everySeconds: number,
  nowSeconds: () => number,
  say: (message: string, heldBack: number) => void,
): ((message: string) => void) => {
  let sayAgainAt = Number.NEGATIVE_INFINITY;
  let heldBack = 0;
  return (message) => {
    const now = nowSeconds();
    if (now < sayAgainAt) {
      heldBack++;
      return;
    }
    sayAgainAt = now + everySeconds;
    say(message, heldBack);
    heldBack = 0;
  };
};
