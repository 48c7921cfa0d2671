/** `make matrix` runs every cell in full length; `make test` a few of them, with short outages. */
export const isFull = process.env.NIMBUSGUARD_MATRIX === 'full';

export const inForm = <T>(given: { readonly full: T; readonly short: T }): T =>
  isFull ? given.full : given.short;
