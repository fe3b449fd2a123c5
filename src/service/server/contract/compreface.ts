/**
 * CompreFace's routes (its REST API, version 1.2), for its existing clients. `similarity` is the cosine of two
 * embeddings, and a box's `probability` is the detector's score: neither is a probability.
 */
import { imageBody, ONE_IMAGE, SEVERAL_IMAGES } from "./bodies.ts";
import { type Described, type RouteContract, Type } from "./schema.ts";
import { Id, Name, Score } from "./shapes.ts";

const tag = "CompreFace";
const errors = "compreface";

/** Most images of one page. */
export const LARGEST_PAGE = 1000;

/** An error as CompreFace answers it. */
export const ComprefaceError = Type.Object(
  {
    message: Type.String(),
    code: Type.Integer({ description: "28: no face; 31: several faces where one was expected" }),
  },
  { description: "CompreFace's error" },
);

/** Options of the routes that take an image; a limit of 0 is no limit. */
const FaceQuery = {
  limit: Type.Integer({ minimum: 0, maximum: 1000, default: 0, description: "Most faces, the largest first" }),
  det_prob_threshold: Type.Number({ minimum: 0, maximum: 1, default: 0, description: "Lowest score of a face" }),
  face_plugins: Type.String({ maxLength: 256, default: "", description: "landmarks and calculator are known" }),
  // Python's clients write True and False.
  status: Type.String({ pattern: "^(?:true|True|TRUE|1|false|False|FALSE|0)?$", default: "false" }),
};
export type FaceQuery = Described<ReturnType<typeof Type.Object<typeof FaceQuery>>>;

const FaceAnswer = {
  box: Type.Object({
    probability: Type.Number(),
    x_min: Type.Integer(),
    y_min: Type.Integer(),
    x_max: Type.Integer(),
    y_max: Type.Integer(),
  }),
  landmarks: Type.Optional(Type.Array(Type.Array(Type.Integer()))),
  embedding: Type.Optional(Type.Array(Type.Number())),
};

const Image = Type.Object({ image_id: Type.String(), subject: Name });
const Similarity = Score;
/** Versions of the "plugins", for requests with `status`. */
const Versions = Type.Optional(Type.Object({ detector: Type.String(), calculator: Type.String() }));

const Deleted = Type.Object({ deleted: Type.Integer() });
const SubjectName = Type.Object({ subject: Name });
const SubjectBody = Type.Object({ subject: Name }, { additionalProperties: false });
const ImagePath = Type.Object({ image: Id });

const subjects = "/api/v1/recognition/subjects";
const faces = "/api/v1/recognition/faces";

export const comprefaceRoutes = {
  comprefaceListSubjects: {
    method: "GET",
    path: subjects,
    scope: "read",
    tag,
    errors,
    summary: "Names of all subjects",
    status: 200,
    answer: Type.Object({ subjects: Type.Array(Name) }),
  },
  comprefaceAddSubject: {
    method: "POST",
    path: subjects,
    scope: "enroll",
    tag,
    errors,
    summary: "Add a subject",
    body: SubjectBody,
    status: 201,
    answer: SubjectName,
  },
  comprefaceRenameSubject: {
    method: "PUT",
    path: `${subjects}/:subject`,
    scope: "admin",
    tag,
    errors,
    summary: "Rename a subject; if the new name is taken, merge the two",
    params: SubjectName,
    body: SubjectBody,
    status: 200,
    answer: Type.Object({ updated: Type.Boolean() }),
  },
  comprefaceDeleteSubject: {
    method: "DELETE",
    path: `${subjects}/:subject`,
    scope: "admin",
    tag,
    errors,
    summary: "Delete a subject with its images",
    params: SubjectName,
    status: 200,
    answer: SubjectName,
  },
  comprefaceDeleteSubjects: {
    method: "DELETE",
    path: subjects,
    scope: "admin",
    tag,
    errors,
    summary: "Delete all subjects with their images",
    status: 200,
    answer: Deleted,
  },
  comprefaceEnroll: {
    method: "POST",
    path: faces,
    scope: "enroll",
    tag,
    errors,
    summary: "Enroll an image of one person",
    query: Type.Object({ subject: Name, det_prob_threshold: FaceQuery.det_prob_threshold }),
    consumes: ONE_IMAGE,
    body: imageBody("file"),
    status: 201,
    answer: Image,
  },
  comprefaceListImages: {
    method: "GET",
    path: faces,
    scope: "read",
    tag,
    errors,
    summary: "A page of the images",
    query: Type.Object({
      page: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
      size: Type.Integer({ minimum: 1, maximum: LARGEST_PAGE, default: 20 }),
      subject: Type.Optional(Name),
    }),
    status: 200,
    answer: Type.Object({
      faces: Type.Array(Image),
      page_number: Type.Integer(),
      page_size: Type.Integer(),
      total_pages: Type.Integer(),
      total_elements: Type.Integer(),
    }),
  },
  comprefaceDeleteImages: {
    method: "DELETE",
    path: faces,
    scope: "admin",
    tag,
    errors,
    summary: "Delete all images, or those of one subject",
    query: Type.Object({ subject: Type.Optional(Name) }),
    status: 200,
    answer: Deleted,
  },
  comprefaceDeleteImage: {
    method: "DELETE",
    path: `${faces}/:image`,
    scope: "admin",
    tag,
    errors,
    summary: "Delete an image",
    params: ImagePath,
    status: 200,
    answer: Image,
  },
  comprefaceDeleteSeveralImages: {
    method: "POST",
    path: `${faces}/delete`,
    scope: "admin",
    tag,
    errors,
    summary: "Delete several images; ids without an image are skipped",
    body: Type.Array(Id, { maxItems: LARGEST_PAGE }),
    status: 200,
    answer: Type.Object({ deleted: Type.Array(Image) }),
  },
  comprefaceVerifyImage: {
    method: "POST",
    path: `${faces}/:image/verify`,
    scope: "read",
    tag,
    errors,
    summary: "How alike the faces of an image are to the person of an enrolled one, by that person's best image",
    params: ImagePath,
    query: Type.Object(FaceQuery),
    consumes: ONE_IMAGE,
    body: imageBody("file"),
    status: 200,
    answer: Type.Object({
      result: Type.Array(Type.Object({ ...FaceAnswer, subject: Name, similarity: Similarity })),
      plugins_versions: Versions,
    }),
  },
  comprefaceRecognize: {
    method: "POST",
    path: "/api/v1/recognition/recognize",
    scope: "read",
    tag,
    errors,
    summary: "The most alike subjects for each face; choose a threshold to decide whether one of them is meant",
    query: Type.Object({ ...FaceQuery, prediction_count: Type.Integer({ minimum: 1, maximum: 100, default: 1 }) }),
    consumes: ONE_IMAGE,
    body: imageBody("file"),
    status: 200,
    answer: Type.Object({
      result: Type.Array(
        Type.Object({ ...FaceAnswer, subjects: Type.Array(Type.Object({ subject: Name, similarity: Similarity })) }),
      ),
      plugins_versions: Versions,
    }),
  },
  comprefaceDetect: {
    method: "POST",
    path: "/api/v1/detection/detect",
    scope: "read",
    tag,
    errors,
    summary: "The faces of an image",
    query: Type.Object(FaceQuery),
    consumes: ONE_IMAGE,
    body: imageBody("file"),
    status: 200,
    answer: Type.Object({ result: Type.Array(Type.Object(FaceAnswer)), plugins_versions: Versions }),
  },
  comprefaceVerify: {
    method: "POST",
    path: "/api/v1/verification/verify",
    scope: "read",
    tag,
    errors,
    summary: "How alike the faces of one image are to the one face of another",
    query: Type.Object(FaceQuery),
    consumes: SEVERAL_IMAGES,
    body: imageBody("source_image", "target_image"),
    status: 200,
    answer: Type.Object({
      result: Type.Array(
        Type.Object({
          source_image_face: Type.Object(FaceAnswer),
          face_matches: Type.Array(Type.Object({ ...FaceAnswer, similarity: Similarity })),
        }),
      ),
      plugins_versions: Versions,
    }),
  },
} as const satisfies Readonly<Record<string, RouteContract>>;
