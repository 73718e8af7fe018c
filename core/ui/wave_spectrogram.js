// The spectrogram in place of the waveform's lanes: time across, frequency upwards by its logarithm.

const HERTZ = [100, 1000, 10000];

// Returns the picture of a spectrogram as a canvas, a pixel for each byte.
function spectrogramPicture({ columns, rows, codes }) {
  const levels = bytes(codes);
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const heatColours = Array.from({ length: 256 }, (_, code) => heatColour(code / 255));
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = 4 * ((rows - 1 - row) * columns + column);
      image.data.set([...heatColours[levels[row * columns + column]], 255], at);
    }
  }
  pen.putImageData(image, 0, 0);
  return canvas;
}

function drawSpectrogram(wave, width, height) {
  const { pen, ink, spectrogram: { picture, low, high } } = wave;
  const [from, to] = wave.view.map((seconds) => (seconds / wave.data.seconds) * picture.width);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(picture, from, 0, Math.max(0.01, to - from), picture.height, 0, 0, width, height);
  pen.font = `11px ${ink.font}`;
  for (const hertz of HERTZ) {
    if (hertz >= high) continue;
    const y = height * (1 - Math.log(hertz / low) / Math.log(high / low));
    pen.fillStyle = "rgba(255, 255, 255, 0.35)";
    pen.fillRect(0, y, width, 1);
    pen.fillStyle = "#ffffff";
    pen.fillText(hertz < 1000 ? `${hertz} Hz` : `${hertz / 1000} kHz`, 6, y - 3);
  }
}
