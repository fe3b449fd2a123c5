export type { Collection, CollectionInfo, Template } from "./collection.ts";
export type { EnrolledTemplate, EnrollManyOptions, EnrollmentProgress, NewTemplate } from "./enroll.ts";
export { type Gallery, type GalleryOptions, type NewCollection, openGallery } from "./gallery.ts";
export type { Match, Probe, SearchOptions } from "./search.ts";
export type { Subject, SubjectChanges, SubjectDetails, SubjectPage } from "./subjects.ts";
