/** Where the runs are that the fake backend makes for tests and pictures. */
export const RUN = {
  running: "run/wf_2f71c0de/run_01KB7R0NN1NG",
  failed: "run/wf_90b4e11a/run_01KB7FA11EDX",
  waiting: "run/wf_example_approval/run_01KB7Q1ZT8VD",
  overnight: "run/wf_51ee02b7/run_01KB5C105ED9",
  thirty: "run/wf_c3d8105f/run_01KB7TH1RTY0",
  quick: "run/wf_07aa93c4/run_01KB7P1NG000",
  withdrawn: "run/wf_0f4e12aa/run_01KB5W1THDRW",
  sixty: "run/wf_60913ace/run_01KB5MANY60S",
  days: "run/wf_5c0774ac/run_01KAZC0NTR4C",
  paused: "run/wf_c3d8105f/run_01KB7HM2PA4D",
};
