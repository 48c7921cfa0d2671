import type { Particulars } from '#core/calls';
import type { DecisionRecord } from '#ports';
import type { Span } from './readable-span.ts';
import { spansOf } from './spans.ts';

/** A trace before its spans are made, or spans that are added to one. */
export type Traced =
  | { readonly record: DecisionRecord; readonly particulars: Particulars | undefined }
  | { readonly spans: readonly Span[] };

export const spansIn = (traced: Traced): readonly Span[] =>
  'spans' in traced ? traced.spans : spansOf(traced.record, traced.particulars);

export const spanCount = (batch: readonly Traced[]): number =>
  batch.reduce((sum, traced) => sum + spansIn(traced).length, 0);
