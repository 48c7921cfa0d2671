import { reasonWords } from '#core/reasons';

/**
 * English as far as it says nothing of its own: what may open a sentence, stand beside a name, or be written of scaling.
 * A word that is missing here is taken for a name where a name is looked for, so that a list too short only costs a sentence.
 */
const said = `
a about above according accordingly across actual actually added adding additional additionally after again against age
ago agreed ahead alike all allow allowed allows almost alone along already also alternatively although altogether always
among amount an and another any anybody anything apart applied apply approval approve approved approximately are around as
aside ask asked asks at automatically autoscaler autoscaling available average away back balance band based be because
become been before began begin behind being belongs below beside besides best better between beyond big bigger binding
blocked both bound bounds briefly brings budget but by calls called calm came can canary cannot capacity carried case cause
caused certain chain change changed changes changing charge cheaper check checked choice choose chose chosen clear clearly
clock close closed closer cluster collected come comes compared comparison conclusion condition conditions consequently
considered context contrast control controller cooldown cooled correct cost costs could count counted cover current
currently cut data day days dearer decide decided decides decision decisions decrease decreased default delay demand
deployment deployments despite did difference different direction disagreed do does doing done doubt down downward dropped
due during each earlier earned easily efficiency effect either else elsewhere empty end ended ending enough entire equal
equally error errors especially estimated even evening event events eventually ever every everything evidence exact exactly
except expected expert experts explain explained explanation extra fact failed failure fall falling fallback far fast faster
fell few fewer figure figures final finally find finds first fits fixed fleet floor follow followed following for forecast
former found fresh from full further furthermore gap gate gates gave general generally get gets give given gives go goes
going gone good got great greater greatest grew grow growing grows growth guard had half halfway hand happened hard has have
having he held hence her here high higher highest his history hold holding holds hour hours how however hundred if
immediately important in increase increased indeed information inside instance instances instead interval into is it item
its itself job just keep keeps kept kind knew know known large larger largest last lasted lasting late later latency latest
learned learner learning learnt least leave leaving led left less let level like likely likewise limit limited limiting
limits line lines list little load loaded local long longer look looked looking looks loop lost lot low lower lowered
lowering lowest made main mainly maintained make makes manual many margin mattered matters maximum may me mean meant
meanwhile measured memory met metric metrics middle might minimum minus minute minutes missed missing mode moment more
moreover most mostly move moved moves much must my name named namely narrow near nearly necessary need needed needs neither
net nets never nevertheless new newer newest next no nobody none nonetheless nor normal normally not note noted nothing
notice now number numbers observation observed of off often old older on once one only onto open opened opens operator
option options or order ordered orders ordinary other others otherwise our out outcome outside over overall own paid part
parts past pause paused pay peak pending people per perhaps period permitted person persons place plain planned plus pod
pods point points policies policy possible precisely predicted present presently pressure prevented previous previously
price prices probably proposal proposed prove proved provided put query question quick quickly quiet quite raise raised
raising range ran rate rates rather ratio reach reached read reading reads ready real reason reasons received recent
recently record recorded records reduce reduced reduction regarding regret relative release released releases releasing
remain remained remaining remains remarkable remove removed replica replicas reported request requested requests required
respected respectively response rest rested restless result resulting results reward rhythm rise rising risen rollout room
rose rule rules run running safe said same saw say says scale scaled scaler scales scaling scalings schedule scheduled score
season second seconds see seem seemed seems seen sense sentence separate series service set sets settle settled setting
several shadow share shared she short shortage shortly should show showed shown shows shrank shrink shrunk shut side similar
similarly simply since single size sizes slightly slo slow slowly small smaller smallest so some somebody someone something
somewhat soon source spare specifically stabilisation stabilization stable stale stand standing start started starting
starts state stated stay stayed staying stays steady step steps still stop stopped subsequently such sufficient suggested
sum summary supported suppose sure table take taken takes taking target targets term terms than thank that the their them
then there thereafter therefore these they thing things third this those though three threshold through throughout thus time
times to today together told too took total toward towards trace traces traffic trend tried tries triggered true trust
trusted trusts turn turned turns twice two type unchanged under unknown unless unlike until up upper upward us use used
usage user uses using usual usually utilisation utilization value valued values version very view violated volatility wait
waited waiting waits want wanted wants was watched way we well went were what whatever when whenever where whereas whether
which while who whole whose why wide wild will window wish wished with within without word words work workload workloads
worse worst worth would writer writes wrong yes yet you your zero
please rounded approves awaiting awaits calmer completed concerned confirmed considering counterfactual covers decline declined
declining detail details doubled downwards eases enforced exceeded exceeds factors fallen fully halved honoured
hypothetically idle ignoring incidentally included including initially keeping lastly lighter looser meaning measures
mind noting oscillation otherwise outstanding particular particularly prior quoted reality recovered rejected remembering
replaced report resource responsible reversal reversals reverse saturated secondly separately shape showing silent
simulated slack spike spiked stood strictly stronger sudden suddenly surge surged sustained tail thirdly thresholds tight
tighter tightly timing tripled underneath understood upwards verdict warranted weak weaker weighed withheld workloads
`;

const fromReasons = Object.values(reasonWords).join(' ').toLowerCase();

const plain = new Set(`${said} ${fromReasons}`.match(/[a-z]+/g));

export const isPlain = (word: string): boolean => plain.has(word.toLowerCase().replace(/['’]\p{L}+$/u, ''));

/** Written with a joint, and no name. */
const joined = new Set(
  `and/or up/down either/or e.g i.e a.m p.m so-called well-known up-to-date real-time long-term short-term short-lived
  start-up scale-up scale-down scaled-up scaled-down late-share replica-hours replica-hour pod-hours non-zero cool-down
  re-evaluated over-provisioned under-provisioned one-off day-to-day step-by-step higher-than-usual lower-than-usual
  better-off trade-off cost-effective requests/s req/s requests/second req/sec requests/sec requests/min requests/minute
  unknown/s per-second late-request late-requests on-call what-if why-not look-back wait-and-see follow-up left-over`.match(
    /\S+/g,
  ),
);

export const isJoined = (word: string): boolean => joined.has(word.toLowerCase());

/** Names of the field that no fact has to bear out: they say what is spoken of, not who did it. */
export const fieldNames: ReadonlySet<string> = new Set(
  'NimbusGuard Kubernetes CPU CPUs SLO SLOs UTC GMT ID RPS API I GitOps'.split(' '),
);
