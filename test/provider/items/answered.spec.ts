import assert from "node:assert/strict";
import { isSameAsset, namesOfAnswered, namesOfDeclared } from "../../../provider/items/answered.ts";

const isFound = (declared: string, answered: string): boolean => {
  const names = new Set(namesOfAnswered(answered));
  return namesOfDeclared(declared).some((name) => names.has(name));
};

describe("provider: items: assets in another form", () => {
  const same: [declared: string, answered: string][] = [
    ["uploads/1", "uploads/1"],
    ["uploads/1", "https://files.example/spaces/one/uploads/1"],
    ["uploads/ü 1.png", "https://files.example/one/uploads/%C3%BC%201.png?X-Signature=a%2Fb"],
    ["1.png", "https://files.example/1.png"],
    ["https://e.com/a.jpg", "https://e.com/a.jpg?X-Signature=1"],
    ["https://e.com/img?id=2", "https://e.com/img?X-Signature=1&id=2"],
    ["https://e.com/img?id=2&size=1", "https://e.com/img?size=1&id=2"],
    ["HTTPS://e.com/a.jpg", "https://e.com/a.jpg"],
  ];
  for (const [declared, answered] of same) {
    it(`${answered} is ${declared}, and is found`, () => {
      assert.equal(isSameAsset(declared, answered), true);
      assert.equal(isFound(declared, answered), true);
    });
  }

  const others: [declared: string, answered: string][] = [
    ["uploads/1", "uploads/2"],
    ["uploads/1", "https://files.example/uploads/11"],
    ["https://e.com/img?id=1", "https://e.com/img?id=2"],
    ["https://e.com/a/image.jpg", "https://e.com/b/image.jpg"],
  ];
  for (const [declared, answered] of others) {
    it(`${answered} is not ${declared}, nor looked at for it`, () => {
      assert.equal(isSameAsset(declared, answered), false);
      assert.equal(isFound(declared, answered), false);
    });
  }
});
