import assert from "node:assert/strict";
import { Pace } from "../../../provider/api/pace.ts";

/** A clock that stands still until it is set. */
function paced(most?: number): { pace: Pace; at(ms: number): void } {
  let now = 0;
  const pace = new Pace(most, () => now);
  return {
    pace,
    at: (ms) => {
      now = ms;
    },
  };
}

describe("provider: pace", () => {
  it("holds nothing back before the service refuses, nor for a single refusal", () => {
    const { pace, at } = paced();
    assert.deepEqual([pace.takeTurn(), pace.takeTurn()], [0, 0]);
    pace.tooMany();
    at(500);
    pace.tooMany();
    assert.equal(pace.isHeldBack, false);
    at(20_000);
    pace.tooMany();
    assert.equal(pace.isHeldBack, false);
  });

  it("asks for a little less than the service took, once it refuses again", () => {
    const { pace, at } = paced();
    pace.tooMany();
    for (let index = 0; index <= 200; index += 1) {
      at(index * 10);
      pace.wentWell();
    }
    pace.tooMany();
    assert.equal(pace.isHeldBack, true);
    // 95 of the 100 that went well in a second.
    const gap = () => -pace.takeTurn() + pace.takeTurn();
    assert.ok(Math.abs(gap() - 1_000 / 95) < 0.1, `${gap()}`);
    // What was on its way then lowers it no further.
    at(2_500);
    pace.tooMany();
    assert.ok(Math.abs(gap() - 1_000 / 95) < 0.1);
  });

  it("asks for more after a while without a refusal", () => {
    const { pace, at } = paced();
    pace.tooMany();
    at(1_500);
    pace.wentWell();
    pace.tooMany();
    const gap = () => -pace.takeTurn() + pace.takeTurn();
    assert.ok(Math.abs(gap() - 1_000) < 0.001);
    at(131_500);
    assert.ok(gap() < 200, `${gap()}`);
  });

  it("keeps to what the user says", () => {
    const { pace } = paced(200);
    assert.deepEqual([pace.takeTurn(), pace.takeTurn(), pace.takeTurn()], [0, 5, 10]);
    assert.equal(pace.isHeldBack, false);
  });

  describe("after it was held back", () => {
    const gap = (pace: Pace) => -pace.takeTurn() + pace.takeTurn();

    /** Held back since 2 s, by what went well of 100 a second. */
    function heldBack() {
      const clock = paced();
      clock.pace.tooMany();
      for (let index = 0; index <= 200; index += 1) {
        clock.at(index * 10);
        clock.pace.wentWell();
      }
      clock.pace.tooMany();
      return clock;
    }

    it("looks for the highest rate until the service refuses once more, and then keeps to it", () => {
      const { pace, at } = heldBack();
      at(6_000);
      const searched = 1_000 / gap(pace);
      assert.ok(searched > 120 && searched < 150, `${searched}`);
      for (let index = 0; index <= 200; index += 1) {
        at(6_000 + index * 10);
        pace.wentWell();
      }
      pace.tooMany();
      at(20_000);
      const kept = 1_000 / gap(pace);
      assert.ok(Math.abs(kept - 95) < 1, `${kept}`);
    });

    it("measures over two seconds, in which a service by the second allows twice as many", () => {
      const { pace, at } = paced();
      pace.tooMany();
      // The last of one second and the first of the next.
      for (const ms of [900, 1_100]) {
        for (let index = 0; index < 100; index += 1) {
          at(ms + index / 10);
          pace.wentWell();
        }
      }
      at(1_200);
      pace.tooMany();
      assert.ok(Math.abs(1_000 / gap(pace) - 95) < 1, `${1_000 / gap(pace)}`);
    });
  });
});
