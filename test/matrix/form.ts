/** `make matrix` runs every cell in full length; `make test` a few of them, with short outages. */
export const isFull = process.env.NIMBUSGUARD_MATRIX === 'full';

export const inForm = <T>(given: { readonly full: T; readonly short: T }): T =>
  isFull ? given.full : given.short;

/** A promise of how soon. The short form runs beside all other tests, on whatever machine: there it takes three times that. */
export const soon = (seconds: number): number => inForm({ full: seconds, short: 3 * seconds });
