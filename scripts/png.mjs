/** A canvas of RGB pixels with rectangles and small letters, and its PNG. No dependency but zlib. */

import { crc32, deflateSync } from "node:zlib";

/** 5 × 7 letters with two rows below the line; one base-32 digit a row, the leftmost pixel its highest bit. */
const glyphs = Object.fromEntries(
  (
    "0ehjlphe 14c4444e 2eh1248v 3v2421he 426aiv22 5vgu11he 668guhhe 7v124888 8ehhehhe 9ehhf12c .00000cc -000v000 " +
    ",00000c48 %op248j3 (2488842 )8422248 a00e1fhf bggmphhu c00egghe d11djhhf e00ehvge f698s888 g00fhhhf1e hggmphhh " +
    "i40c444e j2062222ic kggikoki lc44444e m00qllhh n00mphhh o00ehhhe p00uhhhugg q00fhhhf11 r00mpggg s00fge1u " +
    "t88s8896 u00hhhjd v00hhha4 w00hhlla x00ha4ah y00hhhhf1e z00v248v Ruhhukih"
  )
    .split(" ")
    .map((text) => [text[0], [...text.slice(1)].map((digit) => Number.parseInt(digit, 32))]),
);

export class Canvas {
  constructor(width, height, colour = [255, 255, 255]) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height * 3);
    this.fill(0, 0, width, height, colour);
  }

  fill(x, y, width, height, colour) {
    for (let j = y; j < y + height; j++) {
      for (let i = x; i < x + width; i++) this.pixels.set(colour, (j * this.width + i) * 3);
    }
  }

  /** Text with its upper left corner at (x, y); `anchor` 0 puts x at its left, 0.5 at its middle, 1 at its right. */
  text(x, y, text, { scale = 2, anchor = 0, colour = [40, 40, 40] } = {}) {
    let left = Math.round(x - anchor * (text.length * 6 - 1) * scale);
    for (const letter of text) {
      const rows = glyphs[letter] ?? glyphs[letter.toLowerCase()] ?? [];
      rows.forEach((bits, j) => {
        for (let i = 0; i < 5; i++) {
          if (bits & (16 >> i)) this.fill(left + i * scale, y + j * scale, scale, scale, colour);
        }
      });
      left += 6 * scale;
    }
  }

  png() {
    const stride = this.width * 3;
    const raw = new Uint8Array((stride + 1) * this.height);
    for (let y = 0; y < this.height; y++) {
      raw.set(this.pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
    }
    const header = Buffer.alloc(13);
    header.writeUInt32BE(this.width, 0);
    header.writeUInt32BE(this.height, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([
      signature,
      chunk("IHDR", header),
      chunk("IDAT", deflateSync(raw, { level: 9 })),
      chunk("IEND", Buffer.alloc(0)),
    ]);
  }
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body) >>> 0, body.length + 4);
  return out;
}
