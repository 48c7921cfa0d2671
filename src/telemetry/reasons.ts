import { isReason } from '#core/reasons';

/** Reasons that may be a label: a closed set, so that no text from outside becomes a series. */
export const reasonLabel = (reason: string): string => (isReason(reason) ? reason : 'other');
