import { useEffect, useRef, useState } from "preact/hooks";
import { Notice } from "./notice.tsx";

type CameraProps = { readonly onPhoto: (photo: Blob) => void; readonly onClose: () => void };

/** The camera's view, with a button that takes a photo. The camera is on only while this is shown. */
export function Camera({ onPhoto, onClose }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState<string>();
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let isGone = false;
    openCamera().then(
      (opened) => {
        stream = opened;
        if (isGone) stop(opened);
        else video.current!.srcObject = opened;
      },
      (error) => setProblem(explain(error)),
    );
    return () => {
      isGone = true;
      stop(stream);
    };
  }, []);
  const shoot = async () => onPhoto(await frameOf(video.current!));
  return (
    <div class="stack tight camera">
      {problem === undefined ? (
        <video ref={video} autoPlay playsInline muted onLoadedData={() => setReady(true)} aria-label="Camera" />
      ) : (
        <Notice kind="warning">{problem}</Notice>
      )}
      <div class="row">
        {problem === undefined && (
          <button type="button" class="button primary" disabled={!isReady} onClick={() => void shoot()}>
            Take photo
          </button>
        )}
        <button type="button" class="button" onClick={onClose}>
          Close camera
        </button>
      </div>
    </div>
  );
}

async function openCamera(): Promise<MediaStream> {
  // Missing on pages from another machine over plain HTTP.
  if (navigator.mediaDevices === undefined) throw new DOMException("", "SecurityError");
  return navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, facingMode: "user" } });
}

function stop(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

async function frameOf(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")!.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob!), "image/jpeg", 0.95));
}

function explain(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "The browser was not allowed to use the camera.";
  if (name === "NotFoundError") return "There is no camera.";
  if (name === "SecurityError") return "Browsers give pages the camera over HTTPS or on this machine only.";
  return "The camera could not be opened: another program may be using it.";
}
