import { z } from 'zod';

/** Words answers anew by a language model; without `model` and `apiKey` there are the record's own words alone. */
export const explainerSchema = z.strictObject({
  /** As the endpoint names it. */
  model: z.string().min(1).max(200).optional(),
  apiKey: z.string().min(1).optional(),
  /** Any that speaks OpenAI's chat completions. */
  baseUrl: z.url({ protocol: /^https?$/ }).default('https://api.openai.com/v1'),
  organization: z.string().min(1).optional(),
  /** For one answer, all its calls together. */
  timeLimitSeconds: z.number().positive().max(300).default(20),
  /** Read and written, for one answer. */
  tokensPerAnswer: z.int().min(500).default(12_000),
  /** Of the calendar in UTC. */
  tokensPerDay: z.int().min(500).default(1_000_000),
  /** Calls of the model, several for an answer. */
  requestsPerMinute: z.int().min(1).default(30),
  /** Answers that are worded at once. */
  concurrency: z.int().min(1).max(100).default(4),
  /** Looks into what is kept that the model may ask for, for one answer. */
  lookUps: z.int().min(0).max(10).default(3),
  /** Answers that are kept, to be said again. */
  cachedAnswers: z.int().min(0).max(100_000).default(200),
  cachedSeconds: z.number().min(0).default(300),
});

export type ExplainerSettings = z.output<typeof explainerSchema>;
