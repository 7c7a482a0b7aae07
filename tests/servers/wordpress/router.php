<?php
// Uploads lie in the folder of the run; PHP's own web server serves the other files; everything else is WordPress's.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$upload = realpath(getenv('BLOG_CONTENT') . substr($path, strlen('/wp-content')));
if (str_starts_with($path, '/wp-content/uploads/') && $upload && is_file($upload)) {
    header('Content-Type: ' . mime_content_type($upload));
    readfile($upload);
    return true;
}
if ($path !== '/' && is_file($_SERVER['DOCUMENT_ROOT'] . $path)) {
    return false;
}
$_SERVER['SCRIPT_NAME'] = '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
