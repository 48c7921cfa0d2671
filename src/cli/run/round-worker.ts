import { parentPort } from 'node:worker_threads';
import { serveRounds } from '#adapters/learners/serve-rounds';
import { roundWork } from '#policies/shadow-q/experts/two-lines/round';

serveRounds(parentPort!, roundWork);
