// Settings of Connect's workers and of Kafka Streams that are probably misspelt. What has a prefix is for a
// client, a converter or a plugin, which may have any.

import { type Kind, settingNames } from "../../../kafka/mod.ts";
import type { Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import type { Settings } from "../setting.ts";
import { isSetRightly, JAVA, nearest } from "./names.ts";

const PREFIXED =
  /^((main[.]|restore[.]|global[.])?(producer|consumer|admin)|(key|value|header)[.]converter|topic)[.]/;

/** More are not a mistake but another program's file, and comparing takes its time. */
const MOST = 1000;

function namesOf(kind: Kind): ReadonlySet<string> {
  return new Set([...settingNames(kind), ...settingNames("admin"), ...JAVA]);
}

const NAMES = {
  distributed: namesOf("connect"),
  standalone: namesOf("standalone"),
  streams: namesOf("streams"),
} as const;

export const misspeltWorkerRules: readonly Rule[] = [
  {
    id: "misspelt-worker-setting",
    severity: "warning",
    title: "an unknown setting of a worker of Connect or of Kafka Streams",
    source: "Kafka: DistributedConfig, StandaloneConfig, StreamsConfig; AbstractConfig.logUnused",
    check: ({ workers, applications }: Facts) => [
      ...workers.flatMap(({ mode, settings }) => misspelt(settings, NAMES[mode])),
      ...applications.flatMap(({ settings }) => misspelt(settings, NAMES.streams)),
    ],
  },
];

function misspelt(settings: Settings, names: ReadonlySet<string>): Problem[] {
  const unknown = [...settings.given.values()].filter(({ key }) => !names.has(key) && !PREFIXED.test(key));
  return unknown.slice(0, MOST).flatMap((setting): Problem[] => {
    const { key, value } = setting;
    const near = nearest(key, names);
    if (near === null || isSetRightly(settings, near)) return [];
    return [
      {
        settings: [setting],
        happens: `Kafka has no setting ${key} there and ignores it, so ${near} keeps its default.`,
        fix: settings.set(near, value),
      },
    ];
  });
}
