#!/usr/bin/env -S npx tsx
// The script and the notebook: `npx tsx scripts/02-four-causes.ts --help`

// %% [markdown]
// # Four causes, one at a time
//
// **Claim:** when the leader's broker of the posted cluster goes, clients are served again only where replication and listeners are both fixed;
// where it is killed, only where the quorum is fixed too; and cold clients only where the bootstrap list is fixed too. Nothing acknowledged is
// lost in any case.
//
// The posted cluster does not fail over, for four causes that do not depend on each other. Which of them is enough? Here is every combination
// of fixes, for a broker that is told to go (`docker stop`, SIGTERM) and for one that is not asked (`docker kill`, SIGKILL).

// %% [markdown] {"lang":"ko"}
// # 네 가지 원인을 하나씩
//
// **주장:** 글 속의 클러스터에서 리더 브로커가 사라지면, replication과 listeners를 둘 다 고친 경우에만 클라이언트가 다시 서비스를 받는다. kill이라면 quorum까지, 새(cold) 클라이언트라면
// bootstrap 목록까지 고쳐야 한다. 어느 경우에도 ack를 받은 레코드는 사라지지 않는다.
//
// 글 속의 클러스터가 failover하지 못하는 원인은 서로 독립적인 네 가지다. 무엇을 고치면 충분할까? 가능한 모든 조합을, 내려가라고 알려 준 경우(`docker stop`, SIGTERM)와 묻지도 않고 죽인
// 경우(`docker kill`, SIGKILL)로 나누어 측정했다.

// %% start
import { finish, output, ownArguments, readable } from "@kafka-failure-lab/sdk";
import { cellsOf, clientTable, clusterTable, COMBINATIONS, committedMatrix, describeCell, expected, HOWS, matrixOptions, matrixPicture, measureMatrix, missLines, saveMatrix, outcomeLines } from "@kafka-failure-lab/scripts/matrix";

const options = matrixOptions(ownArguments("--cells as-posted,all --timers fast --fresh"));
const { print, show } = output(options);

// %% [markdown]
// ## What Kafka's sources say
//
// - Only a member of the ISR may lead. Another one is there where the topic has a second replica *and* that replica's broker can reach the
//   leader: replication and listeners are worth nothing alone.
// - The controller decides who leads, and it needs a majority of the voters at that moment. A broker that is told to go hands its leaders on
//   while it is still a voter. One that is killed is no voter any more, and one of two is no majority.
// - A client that starts afterwards knows what its bootstrap list says.

// %% [markdown] {"lang":"ko"}
// ## Kafka 소스가 말하는 것
//
// - 리더는 ISR의 구성원만 될 수 있다. 다른 구성원이 있으려면 토픽에 두 번째 replica가 있고, *또한* 그 replica의 브로커가 리더에 접속할 수 있어야 한다. replication과 listeners는 하나만 고쳐서는
//   소용이 없다.
// - 리더는 controller가 정하고, controller에게는 그 순간 voter의 과반수가 필요하다. 내려가라는 말을 들은 브로커는 아직 voter일 때 리더를 넘긴다. 죽은 브로커는 더 이상 voter가 아니고, 둘 중
//   하나는 과반수가 아니다.
// - 나중에 시작한 클라이언트는 자기 bootstrap 목록에 적힌 것만 안다.

// %% expected
const whole = cellsOf(COMBINATIONS, HOWS);
const served = whole.filter((cell) => expected(cell).cold);
print(`expected: warm and cold clients are served in ${served.length} of ${whole.length} cells: ${served.map(describeCell).join("; ")}`);

// %% [markdown]
// ## What brokers do
//
// Four clients in each run: warm (they know the cluster) and cold (they start after the fault), with one bootstrap server (the broker that is
// about to go) and with all. The script measures all 32 cells, about ten minutes; the notebook only the posted cluster and the one with every fix, with fast
// timers: `--cells` in the first cell says which.

// %% [markdown] {"lang":"ko"}
// ## 브로커가 실제로 하는 일
//
// 실행마다 클라이언트가 넷이다. warm(이미 클러스터를 안다)과 cold(장애 뒤에 시작한다), 각각 bootstrap 서버를 하나만(곧 사라질 브로커) 아는 것과 전부 아는 것. 스크립트는 32칸을 모두
// 측정하며 10분쯤 걸린다. 노트북은 글 그대로의 클러스터와 전부 고친 클러스터만 빠른 타이머로 측정한다. 어느 칸인지는 첫 셀의 `--cells`가 정한다.

// %% measure
const matrix = await measureMatrix(options);
const [run] = matrix.runs;
print(`Kafka ${run!.kafka}, ${run!.engine} engine (${run!.from}), ${options.timers} timers; ${matrix.ran} of ${matrix.runs.length} runs made now`);
for (const line of missLines(matrix.cells)) print(`not as expected: ${line}`);
await show(clientTable(matrix.cells));
for (const line of outcomeLines(matrix.runs)) print(line);

// %% [markdown]
// "Never" is never within the window. As posted nobody is served until the broker is back; with every fix everybody is, cold clients too.
//
// Before the fault and at its end: the leader's broker, the brokers in sync, the active controller's node id. Then the time from the broker's
// return until the last of the four clients was served, and until every replica was in sync.

// %% [markdown] {"lang":"ko"}
// "never"는 정해진 시간 안에 한 번도 없었다는 뜻이다. 글 그대로면 브로커가 돌아올 때까지 아무도 서비스를 받지 못하고, 전부 고치면 cold 클라이언트까지 모두 받는다.
//
// 다음은 장애 전과 끝의 리더 브로커, in-sync 브로커, active controller의 node id이고, 그 옆은 브로커가 돌아온 뒤 네 클라이언트 중 마지막이 ack를 받기까지, 그리고 모든 replica가 in-sync가 되기까지
// 걸린 시간이다.

// %% cluster
await show(clusterTable(matrix.runs));

// %% [markdown]
// ## All of them
//
// The whole matrix as it was measured and committed, with Kafka's own timers. Read it by columns: two fixes let warm clients through a stop, a kill needs three, and only the last one lets
// new clients in.

// %% [markdown] {"lang":"ko"}
// ## 전체 행렬
//
// Kafka의 기본 타이머로 측정해 저장소에 남긴 전체 결과다. 열 단위로 읽어 보자. stop은 두 가지만 고치면 warm 클라이언트가 통과하고, kill은 세 가지가 필요하며, 마지막 하나까지 고쳐야 새
// 클라이언트가 들어올 수 있다.

// %% whole
const committed = options.isWhole ? matrix : committedMatrix(whole);
if (committed.mark) print(committed.mark);
await show(await matrixPicture(committed.cells));

// %% verdict
const claim = "clients are served again only where replication and listeners are fixed, after a kill only where the quorum is fixed too, cold ones only where bootstrap is fixed too; nothing acknowledged is lost";
const misses = missLines(matrix.cells);
print(`\nclaim: ${claim}`);
print(`${matrix.verdict === true ? "it held" : matrix.verdict === false ? "it did not hold" : "it cannot be told"}, judged on ${matrix.cells.length} of ${whole.length} cells; windows: stop ${readable(options.windowMs.stop)}, kill ${readable(options.windowMs.kill)}`);
if (options.save) print(`saved: ${saveMatrix(matrix, options)}`);
finish(options, {
  scenario: "02-four-causes", claim, verdict: matrix.verdict, exitCode: matrix.exitCode,
  figures: Object.fromEntries(matrix.cells.flatMap((cell) => (["warm", "cold"] as const).map((client) => [`${describeCell(cell)}: ${client}`, { ms: cell[client], within: [0, options.windowMs[cell.how]] as const }]))),
  misses, cells: matrix.cells, ran: matrix.ran, runs: matrix.runs.map(({ run }) => run), engine: run!.engine, kafka: run!.kafka, timers: options.timers, windowMs: options.windowMs, file: matrix.file,
});
