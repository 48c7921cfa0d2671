import { parentPort } from 'node:worker_threads';
import { serveRounds } from '#adapters/learners/serve-rounds';
import { sums } from '#test/adapters/learners/sums';

serveRounds(parentPort!, sums);
