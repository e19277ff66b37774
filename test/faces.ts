// Every face whose functions check their arguments, as one module: what holds for all of them is tested once.

export * from "@kafka-failure-lab/sdk";
export * from "@kafka-failure-lab/sdk/diagnose";
export * from "@kafka-failure-lab/sdk/predict";
export * from "@kafka-failure-lab/sdk/report";
export * from "@kafka-failure-lab/sdk/scenario";
